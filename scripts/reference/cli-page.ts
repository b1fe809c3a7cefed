import type { Command } from 'commander'
import { exitMeanings } from '../../src/cli/exit.ts'
import { envName, longName } from '../../src/cli/flag.ts'
import { globalFlags } from '../../src/cli/global-flags.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { verbs } from '../../src/cli/verbs.ts'
import { madeFrom, table } from './markdown-table.ts'

const program = (): Command =>
  buildProgram(
    { env: {}, stdout: process.stdout, stderr: process.stderr, stdinIsTty: false, platform: 'linux' },
    { code: 0, terminal: undefined, verbose: false },
  )

const globalNames = new Set(Object.keys(globalFlags).map((key) => `--${longName(key)}`))
const envOf = (long: string): string =>
  envName(long.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()))

const flagRows = (command: Command, own: boolean): string[][] =>
  command.options
    .filter(
      (option) => option.long !== undefined && option.long !== '--version' && globalNames.has(option.long) !== own,
    )
    .map((option) => [
      `\`${option.flags}\``,
      `${option.description}${option.defaultValue === undefined ? '' : `. Default: \`${String(option.defaultValue)}\``}`,
      `\`${envOf(option.long as string)}\``,
    ])

const verbPart = (command: Command): string => {
  const words = command.registeredArguments.map(
    (one) => `${one.required ? '<' : '['}${one.name()}${one.variadic ? '...' : ''}${one.required ? '>' : ']'}`,
  )
  const verb = verbs.find((one) => one.name === command.name())
  const alias = command.alias()
  const rows = flagRows(command, true)
  return [
    `## ${command.name()}`,
    '',
    '```',
    ['gwanmun', command.name(), ...words, '[flags]'].join(' '),
    '```',
    '',
    `${command.summary()}.${alias === undefined ? '' : ` Also called \`${alias}\`.`}`,
    '',
    ...(verb?.details === undefined
      ? []
      : [...verb.details.split('\n').map((line) => (line.startsWith('config ') ? `    ${line}` : line)), '']),
    ...(command.registeredArguments.length === 0
      ? []
      : [
          table(
            ['word', ''],
            command.registeredArguments.map((one) => [`\`${one.name()}\``, one.description]),
          ),
          '',
        ]),
    ...(rows.length === 0 ? [] : [table(['flag', '', 'environment'], rows), '']),
    '```sh',
    ...(verb?.examples ?? []),
    '```',
    '',
  ].join('\n')
}

/** `docs/reference/cli.md`, from the parser. */
export const cliPage = (): string => {
  const commands = program().commands
  const [first] = commands
  if (first === undefined) throw new Error('the parser has no verbs')
  return `${madeFrom('the parser of src/cli')}# Command line

Data goes to stdout, talk to stderr. Nothing is asked when stdin is no terminal. Every long flag has a twin in the
environment; the flag wins. An unknown verb or flag ends with exit code 2 and offers the nearest.

${table(
  ['verb', ''],
  commands.map((command) => [`[${command.name()}](#${command.name()})`, command.summary()]),
)}

## Exit codes

${table(
  ['code', ''],
  Object.entries(exitMeanings).map(([code, meaning]) => [code, meaning]),
)}

## Flags of every verb

${table(['flag', '', 'environment'], flagRows(first, false))}

${commands.map(verbPart).join('\n')}`
}

/** `docs/reference/environment.md`, from the parser and what else is read. */
export const environmentPage = (): string => {
  const names = new Map<string, string>()
  for (const command of program().commands) {
    for (const option of command.options) {
      if (option.long === undefined || option.long === '--version') continue
      const name = envOf(option.long)
      if (globalNames.has(option.long)) names.set(name, `\`${option.long}\` of every verb`)
      else
        names.set(
          name,
          names.has(name) ? `${names.get(name)}, \`${command.name()}\`` : `\`${option.long}\` of \`${command.name()}\``,
        )
    }
  }
  return `${madeFrom('the parser of src/cli')}# Environment variables

Variables that a configuration names (\`\${NAME}\`) come from the environment, or from \`.env\` beside the file; the
environment wins. Besides those:

${table(
  ['variable', 'is'],
  [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, says]) => [`\`${name}\``, says]),
)}

For switches any value but \`0\`, \`false\` and the empty text means yes.

${table(
  ['variable', 'does'],
  [
    [
      '`GWANMUN_TOKEN`',
      'Token for the admin API, sent by `status`, `reload`, `explain` and `bench`; on purpose no flag, because flags are seen by other users of the machine',
    ],
    ['`NO_COLOR`', 'No colours, when it is not empty'],
    ['`FORCE_COLOR`', 'Colours also when the output is no terminal; `0` means none. `NO_COLOR` wins'],
    ['`TERM`', 'No colours for `dumb`'],
    ['`LC_ALL`, `LC_CTYPE`, `LANG`', 'Symbols in ASCII when the first that is set is no UTF-8 locale'],
  ],
)}
`
}
