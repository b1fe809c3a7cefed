import type { KeyPlace } from './scope.ts'
import type { Place } from './source.ts'

/** One named thing of a file once it is checked: a route, a service, a bundle; or a whole section such as `defaults`. */
export interface Unit {
  readonly name: string
  /** Place of its name. */
  readonly place: Place
  /** Undefined when it has errors; the name is declared all the same. */
  readonly value: Readonly<Record<string, unknown>> | undefined
  readonly at: ReadonlyMap<string, KeyPlace>
  /** Index of the file among the loaded ones. */
  readonly file: number
}

/** Place of a key of a unit, else of its name. */
export const placeIn = (unit: Unit, key: string): Place => unit.at.get(key)?.key ?? unit.place
export const valuePlaceIn = (unit: Unit, key: string): Place => unit.at.get(key)?.value ?? unit.place
