import { exit, Stop, type ExitCode } from '../exit.ts'
import { flag, oneOf } from '../flag.ts'
import { nearest } from '../../lib/nearest.ts'
import { columns } from '../table.ts'
import { defineVerb, type Verb } from '../verb.ts'

const actions = ['print', 'schema', 'get'] as const

/** `gwanmun config print|schema|get <path>`. */
export const config: Verb = defineVerb({
  name: 'config',
  summary: 'Prints the resolved configuration, one value of it, or the JSON Schema',
  details: `config print          every value that holds, with the file and line it came from
config get <path>     one value: services.orders.pool.max
config schema         JSON Schema (2020-12) of the file, for editors`,
  words: [
    { name: 'action', says: actions.join(', '), required: true },
    { name: 'path', says: 'Keys joined by dots, for get' },
  ],
  flags: {
    format: oneOf(['yaml', 'ts', 'json'], 'Form of config print', 'yaml'),
    noOrigin: flag('Leaves out where values came from'),
  },
  examples: [
    'gwanmun config print',
    'gwanmun config print --format ts > resolved.ts',
    'gwanmun config get routes.orders.timeout',
    'gwanmun config schema > gateway.schema.json',
  ],
  async run({ words, flags, global, terminal }): Promise<ExitCode> {
    const [action = '', path] = words
    const engine = await import('../engine.ts')
    if (action === 'schema') {
      terminal.print(JSON.stringify(await engine.configSchema(), null, 2))
      return exit.ok
    }
    if (action === 'print') {
      const format = global.json ? 'json' : flags.format
      terminal.print((await engine.printConfig(global, terminal, format, !flags.noOrigin)).trimEnd())
      return exit.ok
    }
    if (action !== 'get') {
      const near = nearest(action, actions)
      throw new Stop(
        exit.usage,
        `config has no "${action}"`,
        near === undefined ? `It has ${actions.join(', ')}.` : `Did you mean gwanmun config ${near}?`,
      )
    }
    if (path === undefined)
      throw new Stop(exit.usage, 'config get wants a path', 'gwanmun config get routes.orders.timeout')
    const found = await engine.configValues(global, terminal, path)
    if (found.length === 0) {
      const near = nearest(path, await engine.configPaths(global, terminal))
      throw new Stop(
        exit.failure,
        `nothing is set at ${path}`,
        near === undefined ? undefined : `Did you mean ${near}?`,
      )
    }
    if (global.json) terminal.json({ path, values: found })
    else if (found.length === 1 && found[0]?.path === path) {
      const [one] = found
      terminal.print(typeof one.value === 'string' ? one.value : JSON.stringify(one.value))
      if (one.origin !== '') terminal.say(terminal.mark('dim', one.origin))
    } else
      for (const line of columns(found.map((one) => [one.path, JSON.stringify(one.value), one.origin])))
        terminal.print(line)
    return exit.ok
  },
})
