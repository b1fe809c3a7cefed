/**
 * Header or trailer fields of one message: a flat list in arrival order, repeats kept, never an object.
 * A name is lower case and, when it is one of `lib/field-names.ts`, has an id greater than 0, so that the hot path
 * compares numbers. Framing fields (`content-length`, `transfer-encoding`, `connection` …) are never in the list:
 * framing belongs to the codec alone.
 */
export interface FieldList {
  readonly length: number
  /** Known-name id at `index`, 0 for a name outside the table. */
  idAt(index: number): number
  nameAt(index: number): string
  valueAt(index: number): string
  /** The value; several are joined with ", " as the service would read them (RFC 9110 §5.3). */
  get(name: Lowercase<string>): string | undefined
  getById(id: number): string | undefined
  hasId(id: number): boolean
  getAll(name: Lowercase<string>): string[]
  has(name: Lowercase<string>): boolean
  /**
   * Replaces every field of that name by one. Like `append` and `push` it throws a RangeError with the code GW5002 when
   * the name is no token or belongs to framing, or the value holds CR, LF, NUL or another control character.
   */
  set(name: Lowercase<string>, value: string): void
  append(name: Lowercase<string>, value: string): void
  /** As `append`; the id is looked up again, so that no number can pass a name by. */
  push(id: number, name: string, value: string): void
  remove(name: Lowercase<string>): void
  removeAt(index: number): void
  clear(): void
  /** Appends the fields in HTTP/1.1 form, each line with its line break before it. */
  writeTo(head: string): string
}
