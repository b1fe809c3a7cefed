import { CommanderError } from 'commander'
import { exit, Stop, type ExitCode } from './exit.ts'
import { globalFlags } from './global-flags.ts'
import { longName } from './flag.ts'
import { buildProgram, type Outcome } from './program.ts'
import type { TerminalSource } from './terminal.ts'

const withValue = new Set<string>()
const switches = new Set<string>()
for (const [key, declared] of Object.entries(globalFlags)) {
  const names = declared.value === undefined ? switches : withValue
  names.add(`--${longName(key)}`)
  if (declared.short !== undefined) names.add(`-${declared.short}`)
}

/** Global flags may stand before the verb: `gwanmun --json check` is `gwanmun check --json`. */
export const verbFirst = (args: readonly string[]): string[] => {
  let at = 0
  while (at < args.length) {
    const word = args[at] as string
    if (withValue.has(word)) at += 2
    else if (switches.has(word) || (word.startsWith('--') && withValue.has(word.split('=', 1)[0] as string))) at += 1
    else break
  }
  if (at === 0 || at >= args.length || (args[at] as string).startsWith('-')) return [...args]
  return [args[at] as string, ...args.slice(0, at), ...args.slice(at + 1)]
}

const isBrokenPipe = (error: unknown): boolean => (error as { readonly code?: unknown } | null)?.code === 'EPIPE'

/** Runs one command line and tells its exit code. Never throws; a user's mistake never prints a stack. */
export const run = async (args: readonly string[], source: TerminalSource): Promise<ExitCode> => {
  const outcome: Outcome = {
    code: exit.ok,
    terminal: undefined,
    verbose: args.includes('-v') || args.includes('--verbose'),
  }
  // A reader that stops early (head) is no failure.
  source.stdout.on('error', (error) => {
    if (!isBrokenPipe(error)) throw error
    process.exit(exit.ok)
  })
  const program = buildProgram(source, outcome)
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(verbFirst(args), { from: 'user' })
    return outcome.code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage
    const complain = (line: string): void =>
      outcome.terminal === undefined ? void source.stderr.write(`${line}\n`) : outcome.terminal.complain(line)
    if (error instanceof Stop) {
      complain(`error: ${error.message}`)
      if (error.hint !== undefined) complain(error.hint)
      return error.code
    }
    complain(`error: ${error instanceof Error ? error.message : String(error)}`)
    if (outcome.verbose && error instanceof Error && error.stack !== undefined) complain(error.stack)
    else complain('Run it again with -v to see where it happened.')
    return exit.failure
  }
}
