import type { KeyKind, KeyNode, ScalarKind, Schema, SchemaNode } from '../contract/schema.ts'

/**
 * Builds schemas (contract/schema.ts). Plain data only: reading a schema tree needs no code of the thing it describes,
 * and a worker never loads one.
 */
interface ScalarTypes {
  text: string
  integer: number
  number: number
  boolean: boolean
  /** ms */
  duration: number
  /** bytes */
  size: number
  /** 0 – 1 */
  share: number
  status: number
  /** inclusive bounds */
  statusRange: readonly [number, number]
  outcome: string
  /** ms since 1970 */
  date: number
  cidr: string
  address: string
  regex: string
  expression: string
  matcher: MatcherSpec
  glob: string
  pattern: string
  template: string
  templateTree: unknown
  json: unknown
  cel: string
  selector: string
  url: string
  targetUrl: string
  file: string
  secret: string
  name: string
  fieldName: string
  method: string
  host: string
  hostPattern: string
  port: number
  countryCode: string
}
/** `text`, `~regex`, a list (any of), `true` (present), `none` (absent, written null). */
export type MatcherSpec = string | true | null | readonly (string | true | null)[]

export type Infer<S> = S extends Schema<infer T> ? T : never

export const scalar = <K extends ScalarKind>(
  kind: K,
  bounds: { readonly min?: number; readonly max?: number; readonly stage?: string } = {},
): Schema<ScalarTypes[K]> => ({ node: { kind, ...bounds } })

export const choice = <const V extends readonly string[]>(...values: V): Schema<V[number]> => ({
  node: { kind: 'choice', values },
})
export const constant = <const V extends string | number | boolean>(value: V): Schema<V> => ({
  node: { kind: 'constant', value },
})
/** A name declared in a section of the file. */
export const ref = (section: string): Schema<string> => ({ node: { kind: 'ref', section } })
/** `T…`: a list, where a single value stands for a list of one. */
export const many = <T>(of: Schema<T>, min?: number): Schema<readonly T[]> => ({
  node: { kind: 'list', of: of.node, single: true, ...(min === undefined ? {} : { min }) },
})
export const mapOf = <T>(key: KeyKind, of: Schema<T>): Schema<Readonly<Record<string, T>>> => ({
  node: { kind: 'map', key, of: of.node },
})
export const union = <const S extends readonly Schema<unknown>[]>(...of: S): Schema<Infer<S[number]>> => ({
  node: { kind: 'union', of: of.map((s) => s.node) },
})
/** `none` switches it off and gives null. */
export const orNone = <T>(of: Schema<T>): Schema<T | null> => ({ node: { kind: 'nullable', of: of.node } })

/** A key of an object. `later` refuses it with a diagnostic that says what it waits for. */
export interface Key<T, R extends boolean> {
  readonly schema: Schema<T>
  readonly key: KeyNode
  readonly required: R
}
export const key = <T>(schema: Schema<T>, says: string, fallback?: unknown): Key<T, false> => ({
  schema,
  required: false,
  key: { node: schema.node, says, ...(fallback === undefined ? {} : { default: fallback }) },
})
export const required = <T>(schema: Schema<T>, says: string): Key<T, true> => ({
  schema,
  required: true,
  key: { node: schema.node, says, required: true },
})
export const later = (says: string, waitsFor: string): Key<undefined, false> => ({
  schema: { node: { kind: 'later', what: waitsFor } },
  required: false,
  key: { node: { kind: 'later', what: waitsFor }, says, later: waitsFor },
})

type Shape = Readonly<Record<string, Key<unknown, boolean>>>
type FromShape<S extends Shape> = {
  readonly [K in keyof S as S[K]['required'] extends true ? K : never]: S[K] extends Key<infer T, boolean> ? T : never
} & {
  readonly [K in keyof S as S[K]['required'] extends true ? never : K]?: S[K] extends Key<infer T, boolean>
    ? T | undefined
    : never
}

/** An object; `short` is the key that a plain value stands for. Defaults are filled in by the checker. */
export const object = <const S extends Shape>(
  shape: S,
  options: {
    readonly short?: keyof S & string
    readonly shortNumber?: keyof S & string
    readonly whenTrue?: boolean
  } = {},
): Schema<FromShape<S>> => {
  const keys: Record<string, KeyNode> = {}
  for (const [name, entry] of Object.entries(shape)) keys[name] = entry.key
  return { node: { kind: 'object', keys, ...options } satisfies SchemaNode }
}
