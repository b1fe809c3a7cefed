/** Decides over one value; `undefined` is an absent value (config.md §1.3, `matcher`). */
export type Matcher = (value: string | undefined) => boolean
