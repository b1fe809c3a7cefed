import { flag, text, wordOf, type Flags } from './flag.ts'

/** Flags that every verb takes. */
export interface GlobalFlags {
  readonly config: string | undefined
  readonly env: string | undefined
  readonly json: boolean
  readonly noColor: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug' | undefined
  readonly admin: string | undefined
  readonly noInput: boolean
}

/** Their declarations. */
export const globalFlags: Flags = {
  config: text('<file>', 'Configuration file. Default: gateway.yaml, gateway.ts or gateway.json in this folder', 'c'),
  env: text('<name>', 'Merges gateway.<name>.yaml over the configuration'),
  json: flag('Prints JSON for programs instead of text for people'),
  noColor: flag('Prints no colours; NO_COLOR in the environment does the same'),
  quiet: flag('Prints data and errors only', 'q'),
  verbose: flag('Prints more, stacks of unexpected errors among it', 'v'),
  logLevel: wordOf(
    '<level>',
    ['error', 'warn', 'info', 'debug'],
    'How much the log of a gateway that is started here tells; wins over telemetry.level. Not the access log',
  ),
  admin: text(
    '<url>',
    'Admin API of the running gateway. Default: that of the configuration here, else http://127.0.0.1:9901',
  ),
  noInput: flag('Asks nothing, also on a terminal'),
}
