import type { Diagnostic } from '../../contract/diagnostic.ts'
import type { Correction } from '../fix/correction.ts'

/** What a check of one file found. */
export interface Verdict {
  readonly file: string
  readonly diagnostics: readonly Diagnostic[]
  readonly routes: number
  readonly services: number
  /** ms */
  readonly took: number
  /** With `--fix`: what was corrected in the files. */
  readonly fixed?: readonly Correction[]
  /** With `--fix`: why corrections that are certain were not made. */
  readonly notFixed?: string
}

/** How many diagnostics of a severity there are. */
export const count = (diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number =>
  diagnostics.reduce((sum, one) => sum + (one.severity === severity ? 1 : 0), 0)

/** `1 route`, `3 routes`. */
export const plural = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`

/** Where the page of a code is; offline `gwanmun docs CODE` prints the same. */
export const docsUrl = (code: string): string => `docs/reference/errors/${code}.md`
