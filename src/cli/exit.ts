/** Exit codes of every verb; the table of `docs/reference/cli.md` is made from here. */
export const exit = {
  ok: 0,
  failure: 1,
  usage: 2,
  config: 3,
  findings: 4,
  admin: 5,
  bind: 6,
  threshold: 7,
  interrupted: 130,
} as const

/** One of the codes of `exit`. */
export type ExitCode = (typeof exit)[keyof typeof exit]

/** What each code says, for help and reference. */
export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'It worked.',
  1: 'Run-time failure.',
  2: 'Wrong usage: an unknown verb or flag, or a value that a flag cannot have. The message offers the nearest.',
  3: 'The configuration has errors.',
  4: 'Warnings under --strict.',
  5: 'The admin API could not be reached, or it refused.',
  6: 'A port could not be bound.',
  7: 'A threshold of bench was missed.',
  130: 'Interrupted by Ctrl-C.',
}

/** Ends a verb with a message on stderr and a code. The message is for people; no stack is printed for it. */
export class Stop extends Error {
  readonly code: ExitCode
  readonly hint: string | undefined
  constructor(code: ExitCode, message: string, hint?: string) {
    super(message)
    this.name = 'Stop'
    this.code = code
    this.hint = hint
  }
}
