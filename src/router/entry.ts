import type { ConditionSnapshot } from '../contract/snapshot.ts'

/** One route as the router takes it: patterns as written, already checked. */
export interface RouterEntry<T> {
  /** What a match yields. */
  readonly value: T
  /** Decides between equals, alphabetically. */
  readonly name: string
  /** Host patterns; empty = any host. */
  readonly hosts: readonly string[]
  /** Path patterns; the route takes what any of them takes. */
  readonly paths: readonly string[]
  /** Upper case; empty = any method. */
  readonly methods: readonly string[]
  readonly conditions: readonly ConditionSnapshot[]
  /** Higher goes first. */
  readonly priority: number
}
