import type { Writable } from 'node:stream'
import { asciiOf } from './symbols.ts'

/** Names of the few styles that are used; colour never carries meaning alone. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan'

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
}

/** A stream that may be a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** What decides how output looks; `process` in production, plain objects in tests. */
export interface TerminalSource {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Output
  readonly stderr: Output
  readonly stdinIsTty: boolean
  readonly platform: string
}

/** Flags that change how output looks. */
export interface TerminalFlags {
  readonly noColor: boolean
  readonly quiet: boolean
  readonly noInput: boolean
}

/** Data goes to stdout, talk to stderr. */
export interface Terminal {
  /** Whether stdout may be coloured. */
  readonly color: boolean
  /** Whether stderr may be coloured. */
  readonly talkColor: boolean
  readonly ascii: boolean
  /** Columns of stdout; 80 where it is no terminal. */
  readonly width: number
  /** Whether a question may be asked. */
  readonly interactive: boolean
  /** Whether stdout is a terminal. */
  readonly tty: boolean
  /** Whether stderr is one. */
  readonly talkTty: boolean
  /** A line of data on stdout. */
  print(line?: string): void
  /** One JSON document on stdout. */
  json(value: unknown): void
  /** A line of talk on stderr; silent with `--quiet`. */
  say(line?: string): void
  /** A line on stderr that `--quiet` does not silence. */
  complain(line: string): void
  /** Styles text for stdout. */
  style(style: Style, text: string): string
  /** Styles text for stderr. */
  mark(style: Style, text: string): string
}

const set = (value: string | undefined): boolean => value !== undefined && value !== ''

/** Whether a stream is coloured: `--no-color`, `NO_COLOR` and `TERM=dumb` win over `FORCE_COLOR`, that over the TTY. */
export const colored = (env: TerminalSource['env'], isTty: boolean, noColor: boolean): boolean => {
  if (noColor || set(env['NO_COLOR'])) return false
  if (env['FORCE_COLOR'] === '0') return false
  if (set(env['FORCE_COLOR'])) return true
  return isTty && env['TERM'] !== 'dumb'
}

/** Whether only ASCII may be written: the locale is set and is not UTF-8. */
export const asciiOnly = (env: TerminalSource['env'], platform: string): boolean => {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(set)
  if (locale === undefined) return platform !== 'darwin' && platform !== 'win32'
  return !/utf-?8/i.test(locale)
}

const paint = (on: boolean, style: Style, text: string): string => {
  if (!on || text === '') return text
  const [open, close] = codes[style]
  return `\u001b[${open}m${text}\u001b[${close}m`
}

/** JSON whose texts cannot steer a terminal: C1 controls and marks of direction, which JSON leaves bare, are escaped. */
const safeJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Makes the terminal of one run. */
export const createTerminal = (source: TerminalSource, flags: TerminalFlags): Terminal => {
  const color = colored(source.env, source.stdout.isTTY === true, flags.noColor)
  const talkColor = colored(source.env, source.stderr.isTTY === true, flags.noColor)
  const ascii = asciiOnly(source.env, source.platform)
  const plain = (text: string): string => (ascii ? asciiOf(text) : text)
  const tty = source.stdout.isTTY === true
  return {
    color,
    talkColor,
    ascii,
    tty,
    talkTty: source.stderr.isTTY === true,
    width: tty ? (source.stdout.columns ?? 80) : 80,
    interactive: source.stdinIsTty && !flags.noInput,
    print: (line = '') => void source.stdout.write(`${plain(line)}\n`),
    json: (value) => void source.stdout.write(`${safeJson(value)}\n`),
    say: (line = '') => {
      if (!flags.quiet) source.stderr.write(`${plain(line)}\n`)
    },
    complain: (line) => void source.stderr.write(`${plain(line)}\n`),
    style: (style, text) => paint(color, style, text),
    mark: (style, text) => paint(talkColor, style, text),
  }
}
