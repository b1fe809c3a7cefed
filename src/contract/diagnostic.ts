/** Where something is written. Lines and columns start at 1; `endColumn` is exclusive. */
export interface Origin {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endColumn?: number
}

/** A finding about config: the same object feeds the terminal, `--json`, the admin API and the editor. */
export interface Diagnostic extends Origin {
  readonly severity: 'error' | 'warning'
  /** GWnnnn of `errors.ts`. */
  readonly code: string
  readonly message: string
  /** What to do about it, in one line. */
  readonly help?: string
  /**
   * The marked text and what to write in its place: only for misspelled keys and words whose correction is certain.
   * Quotes around the marked text stay.
   */
  readonly fix?: { readonly from: string; readonly to: string }
  /** Path of config keys, `routes.orders.timeout`. */
  readonly path?: string
  /** Lines of source around it, for printing: first line number and text. */
  readonly source?: { readonly line: number; readonly text: readonly string[] }
}
