import type { GlobalFlags } from './global-flags.ts'
import type { Terminal } from './terminal.ts'
import type { Flag, Flags } from './flag.ts'
import type { ExitCode } from './exit.ts'

/** One word of a verb's arguments: `[file...]`, `<url>`. */
export interface Word {
  readonly name: string
  readonly says: string
  readonly required?: boolean
  readonly many?: boolean
}

/** What a verb is given. */
export interface Invocation<F extends Flags> {
  readonly words: readonly string[]
  readonly flags: { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }
  readonly global: GlobalFlags
  readonly terminal: Terminal
}

/** One verb of the command line. What it needs is imported inside `run`, so that help and version load nothing. */
export interface Verb {
  readonly name: string
  readonly alias?: string
  readonly summary: string
  /** Longer text under the summary, in the reference and in help. */
  readonly details?: string
  readonly words: readonly Word[]
  readonly flags: Flags
  /** Command lines that work. */
  readonly examples: readonly string[]
  run(
    words: readonly string[],
    flags: Readonly<Record<string, unknown>>,
    global: GlobalFlags,
    terminal: Terminal,
  ): Promise<ExitCode>
}

interface VerbSource<F extends Flags> {
  readonly name: string
  readonly alias?: string
  readonly summary: string
  readonly details?: string
  readonly words?: readonly Word[]
  readonly flags?: F
  readonly examples: readonly string[]
  run(invocation: Invocation<F>): Promise<ExitCode>
}

/** Makes a verb; the types of its flags follow from their declarations. */
export const defineVerb = <const F extends Flags = Flags>(source: VerbSource<F>): Verb => ({
  name: source.name,
  ...(source.alias === undefined ? {} : { alias: source.alias }),
  summary: source.summary,
  ...(source.details === undefined ? {} : { details: source.details }),
  words: source.words ?? [],
  flags: source.flags ?? {},
  examples: source.examples,
  run: (words, flags, global, terminal) =>
    source.run({ words, flags: flags as Invocation<F>['flags'], global, terminal }),
})
