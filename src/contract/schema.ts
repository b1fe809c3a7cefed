/**
 * A value's shape as plain data. One tree yields validation, TypeScript types, JSON Schema, the reference docs and
 * later the dashboard's forms (config.md §1). Built with the functions of `lib/schema.ts`.
 */
export type SchemaNode =
  | ScalarNode
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'ref'; readonly section: string; readonly glob?: boolean }
  | { readonly kind: 'list'; readonly of: SchemaNode; readonly single: boolean; readonly min?: number }
  | { readonly kind: 'map'; readonly key: KeyKind; readonly of: SchemaNode }
  /** A map by name, or a list of objects of which the key `by` becomes the name (config.md §1.2). */
  | { readonly kind: 'keyed'; readonly by: string; readonly of: SchemaNode }
  | ObjectNode
  /** First alternative that fits by its YAML form is taken; its errors are reported. */
  | { readonly kind: 'union'; readonly of: readonly SchemaNode[] }
  /** `none` (and `false` where `true` is a value) gives null. */
  | { readonly kind: 'nullable'; readonly of: SchemaNode }
  | { readonly kind: 'constant'; readonly value: string | number | boolean }
  | { readonly kind: 'later'; readonly what: string }
  /** Words of a choice that the grammar knows and this version does not do. */
  | { readonly kind: 'laterChoice'; readonly values: readonly string[]; readonly what: string }
  /** A key that exists elsewhere in the grammar and not here; `help` says where. */
  | { readonly kind: 'misplaced'; readonly help: string }

/** Kinds of scalar of config.md §1.3; inside the code durations are ms and sizes bytes. */
export type ScalarKind =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'duration'
  | 'size'
  | 'share'
  | 'status'
  | 'statusRange'
  | 'outcome'
  | 'date'
  | 'cidr'
  | 'address'
  | 'regex'
  /** Unanchored linear regular expression, written without `~` (`find` of headers, query and rewrite). */
  | 'expression'
  | 'matcher'
  | 'glob'
  | 'pattern'
  | 'template'
  | 'templateTree'
  | 'json'
  | 'cel'
  | 'selector'
  | 'url'
  | 'targetUrl'
  | 'file'
  | 'secret'
  | 'name'
  | 'fieldName'
  | 'method'
  /** A host with an optional port. */
  | 'host'
  /** A host that a route matches: a name, `*.example.com` or `{tenant}.example.com`. */
  | 'hostPattern'
  | 'port'
  | 'countryCode'

export interface ScalarNode {
  readonly kind: ScalarKind
  readonly min?: number
  readonly max?: number
  /** Where a template stands, which decides what may be known there. */
  readonly stage?: string
}

export type KeyKind = 'name' | 'fieldName' | 'text' | 'status' | 'ref'

export interface ObjectNode {
  readonly kind: 'object'
  readonly keys: Readonly<Record<string, KeyNode>>
  /** The key that a plain value stands for. */
  readonly short?: string
  /** The key that a plain number stands for, where it is another one. */
  readonly shortNumber?: string
  /** `true` stands for an object with all defaults. */
  readonly whenTrue?: boolean
}

export interface KeyNode {
  readonly node: SchemaNode
  /** One sentence for the reference and the editor. */
  readonly says: string
  readonly required?: boolean
  /** Default as it would be written in the file. */
  readonly default?: unknown
  /** Refused for now with a diagnostic that names what it waits for. */
  readonly later?: string
}

/** A node together with the type its checked value has. */
export interface Schema<T> {
  readonly node: SchemaNode
  readonly type?: T
}
