/** One correction in a file: a key or word in the place of a misspelled one. Line and column from 1, before it. */
export interface Correction {
  /** As people see it. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly from: string
  readonly to: string
}
