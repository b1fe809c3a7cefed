import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { exit, exitMeanings, Stop, type ExitCode } from './exit.ts'
import { envName, FlagError, longName, type Flag, type Flags } from './flag.ts'
import { globalFlags, type GlobalFlags } from './global-flags.ts'
import { createTerminal, type Terminal, type TerminalSource } from './terminal.ts'
import type { Verb } from './verb.ts'
import { verbs } from './verbs.ts'
import { packageVersion } from '../version.ts'

const optionOf = (key: string, declared: Flag<unknown>, taken: ReadonlySet<string>): Option => {
  const short = declared.short !== undefined && !taken.has(declared.short) ? `-${declared.short}, ` : ''
  const option = new Option(
    `${short}--${longName(key)}${declared.value === undefined ? '' : ` ${declared.value}`}`,
    declared.says,
  )
  if (declared.choices !== undefined) option.choices([...declared.choices])
  if (declared.default !== undefined && declared.choices !== undefined) option.default(declared.default)
  if (declared.repeat === true) option.argParser<string[]>((written, before) => [...(before ?? []), written])
  if (declared.parse !== undefined) option.argParser((written) => parsed(declared, written))
  return option
}

const parsed = (declared: Flag<unknown>, written: string): unknown => {
  try {
    return declared.parse === undefined ? written : declared.parse(written)
  } catch (error) {
    if (error instanceof FlagError) throw new InvalidArgumentError(`${error.message}.`)
    throw error
  }
}

const shortsOf = (flags: Flags): Set<string> =>
  new Set(Object.values(flags).flatMap((one) => (one.short === undefined ? [] : [one.short])))

/** Value of a flag from the command line, else from its environment twin, else its default. */
const valueOf = (command: Command, key: string, declared: Flag<unknown>, env: TerminalSource['env']): unknown => {
  const negated = key.startsWith('no')
  const attribute = negated ? key.charAt(2).toLowerCase() + key.slice(3) : key
  if (command.getOptionValueSource(attribute) === 'cli') {
    const value: unknown = command.getOptionValue(attribute)
    return negated ? value === false : value
  }
  const twin = env[envName(key)]
  if (twin !== undefined && twin !== '') {
    if (declared.value === undefined) return twin !== '0' && twin !== 'false'
    if (declared.repeat === true) return [twin]
    if (declared.choices !== undefined && !declared.choices.includes(twin)) {
      throw new Stop(exit.usage, `${envName(key)} is "${twin}"; write one of ${declared.choices.join(', ')}`)
    }
    try {
      return declared.parse === undefined ? twin : declared.parse(twin)
    } catch (error) {
      if (error instanceof FlagError) throw new Stop(exit.usage, `${envName(key)} is "${twin}": ${error.message}`)
      throw error
    }
  }
  if (declared.value === undefined) return false
  if (declared.repeat === true) return []
  return declared.default
}

const valuesOf = (command: Command, flags: Flags, env: TerminalSource['env']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(flags).map(([key, declared]) => [key, valueOf(command, key, declared, env)]))

/** What `run` gives back to the process. */
export interface Outcome {
  code: ExitCode
  terminal: Terminal | undefined
  verbose: boolean
}

const commandOf = (verb: Verb, source: TerminalSource, outcome: Outcome): Command => {
  const command = new Command(verb.name)
    .summary(verb.summary)
    .description(verb.details === undefined ? verb.summary : `${verb.summary}\n\n${verb.details}`)
  if (verb.alias !== undefined) command.alias(verb.alias)
  for (const word of verb.words) {
    const name = word.many === true ? `${word.name}...` : word.name
    command.addArgument(new Argument(word.required === true ? `<${name}>` : `[${name}]`, word.says))
  }
  for (const [key, declared] of Object.entries(verb.flags)) command.addOption(optionOf(key, declared, new Set()))
  command.optionsGroup('Global flags:')
  const taken = shortsOf(verb.flags)
  for (const [key, declared] of Object.entries(globalFlags)) {
    if (!(key in verb.flags)) command.addOption(optionOf(key, declared, taken))
  }
  command.addHelpText('after', `\nExamples:\n${verb.examples.map((example) => `  ${example}`).join('\n')}`)
  command.action(async (...received: unknown[]) => {
    const words = received
      .slice(0, verb.words.length)
      .flatMap((word) => (Array.isArray(word) ? (word as string[]) : typeof word === 'string' ? [word] : []))
    const flags = valuesOf(command, verb.flags, source.env)
    const global = { ...valuesOf(command, globalFlags, source.env), ...flags } as unknown as GlobalFlags
    outcome.verbose = global.verbose
    outcome.terminal = createTerminal(source, { noColor: global.noColor, quiet: global.quiet, noInput: global.noInput })
    outcome.code = await verb.run(words, flags, global, outcome.terminal)
  })
  return command
}

const footer = (): string => {
  const codes = Object.entries(exitMeanings).map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`)
  return `
Start with:
  gwanmun demo                                    a gateway, three pretend services and traffic
  gwanmun proxy /=http://localhost:3000           your service behind a gateway, no file
  gwanmun init && gwanmun dev                     a file of your own

Every flag has a twin in the environment: --port is GWANMUN_PORT.

Exit codes:
${codes.join('\n')}`
}

/** The whole command line as the parser knows it; reference pages are made from it. */
export const buildProgram = (source: TerminalSource, outcome: Outcome): Command => {
  const program = new Command('gwanmun')
    .description('An API gateway you can read: one YAML or TypeScript file, strict by default.')
    .version(packageVersion(), '-V, --version', 'Prints the version')
    .helpOption('-h, --help', 'Prints this help')
    .helpCommand('help [verb]', 'Prints help for a verb')
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: (text) => void source.stdout.write(text),
      writeErr: (text) => void source.stderr.write(text),
      getOutHelpWidth: () => (source.stdout.isTTY === true ? (source.stdout.columns ?? 80) : 80),
      getErrHelpWidth: () => (source.stderr.isTTY === true ? (source.stderr.columns ?? 80) : 80),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({
      subcommandTerm: (command) =>
        [
          command.name(),
          ...command.registeredArguments.map(
            (one) => `${one.required ? '<' : '['}${one.name()}${one.variadic ? '...' : ''}${one.required ? '>' : ']'}`,
          ),
        ].join(' '),
    })
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', footer())
  for (const verb of verbs) {
    const command = commandOf(verb, source, outcome)
    program.addCommand(command.copyInheritedSettings(program))
  }
  return program
}
