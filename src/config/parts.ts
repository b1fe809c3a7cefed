import type { FileParts } from './file-parts.ts'
import type { Place } from './source.ts'
import type { Unit } from './unit.ts'

/** Where routes of included files may match (config.md §14). */
export interface Bounds {
  readonly paths: readonly string[] | undefined
  readonly hosts: readonly string[] | undefined
  readonly listeners: readonly string[] | undefined
  readonly place: Place
}

/** The main file and the included ones. */
export interface Parts {
  readonly main: FileParts
  readonly included: readonly { readonly parts: FileParts; readonly bounds: Bounds | undefined }[]
}

type Section = keyof FileParts['units']

/** All things of a section over all files, by name; the first of equal names. */
export const allUnits = (parts: Parts, section: Section): ReadonlyMap<string, Unit> => {
  const units = new Map<string, Unit>()
  for (const file of [parts.main, ...parts.included.map((one) => one.parts)]) {
    for (const unit of file.units[section]) if (!units.has(unit.name)) units.set(unit.name, unit)
  }
  return units
}
