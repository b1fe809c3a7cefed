import type { Finding } from './finding.ts'
import type { KeyPlace, Reference } from './scope.ts'
import type { Place } from './source.ts'

/** Where the keys of a checked thing stand. */
export interface Places {
  has(key: string): boolean
  get(key: string): KeyPlace | undefined
  keys(): Iterable<string>
}

/** One named thing of a file once it is checked: a route, a service, a bundle; or a whole section such as `defaults`. */
export interface Unit {
  readonly name: string
  /** Place of its name. */
  readonly place: Place
  /** Undefined when it has errors; the name is declared all the same. */
  readonly value: Readonly<Record<string, unknown>> | undefined
  readonly at: Places
  /** Index of the file among the loaded ones. */
  readonly file: number
}

/** A route with all that checking it gave. */
export interface CheckedRouteUnit {
  readonly unit: Unit
  readonly findings: readonly Finding[]
  readonly references: readonly Reference[]
}

/** Place of a key of a unit, else of its name. */
export const placeIn = (unit: Unit, key: string): Place => unit.at.get(key)?.key ?? unit.place
export const valuePlaceIn = (unit: Unit, key: string): Place => unit.at.get(key)?.value ?? unit.place
