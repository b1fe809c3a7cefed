import type { SchemaNode } from '../contract/schema.ts'
import { check } from './check.ts'
import { checkKey } from './check-key.ts'
import { failed } from './failed.ts'
import { includedSections, type Grammar } from './grammar/gateway.ts'
import { checkRoute } from './route-rules.ts'
import { checkService } from './service-rules.ts'
import { keyPlaceOf, placeOf, report, type KeyPlace, type Scope } from './scope.ts'
import { suggestKey } from './unknown-key.ts'
import type { Entry, Tree } from './tree.ts'
import type { CheckedRouteUnit, Unit } from './unit.ts'

/** The sections of one file, checked. */
export interface FileParts {
  readonly source: number
  readonly units: Readonly<Record<'listeners' | 'services' | 'routes' | 'policies', readonly Unit[]>>
  readonly defaults: Unit | undefined
  readonly global: Unit | undefined
  /** Sections that are one value: telemetry, admin, state, workers, drain, version, include. */
  readonly values: ReadonlyMap<string, { readonly value: unknown; readonly place: KeyPlace }>
  /** Sections that were not understood, so that names they may declare are not reported as missing. */
  readonly doubtful: ReadonlySet<string>
  /** The file could not be parsed; nothing can be said about what it does not hold. */
  readonly unread: boolean
}

const mapSections = ['listeners', 'services', 'routes', 'policies'] as const
type MapSection = (typeof mapSections)[number]
const isMapSection = (name: string): name is MapSection => (mapSections as readonly string[]).includes(name)

/** The gateway chain runs for requests of every route and of none. */
const noParams: readonly string[] = []

const emptyPlaces: ReadonlyMap<string, KeyPlace> = new Map()

/** How routes are read where each is remembered by its text. */
export interface RouteReading {
  /** Routes made elsewhere; the tree then holds none. */
  readonly known?: () => readonly Unit[]
  /** Told of every route that was checked, with whether the check depended on its text alone. */
  readonly seen?: (entry: Entry, checked: CheckedRouteUnit, pure: boolean) => void
}

/** Checks the sections of one file. `main` is false for included files, which may hold fewer. */
export const readParts = (
  scope: Scope,
  grammar: Grammar,
  tree: Tree | undefined,
  file: number,
  main: boolean,
  reading: RouteReading = {},
): FileParts => {
  const units: Record<MapSection, Unit[]> = { listeners: [], services: [], routes: [], policies: [] }
  const values = new Map<string, { readonly value: unknown; readonly place: KeyPlace }>()
  const doubtful = new Set<string>()
  const single: { defaults: Unit | undefined; global: Unit | undefined } = { defaults: undefined, global: undefined }
  if (tree !== undefined && tree.kind !== 'map') {
    report(scope, tree, 'GW1102', 'a configuration is a map of sections', 'begin with services: and routes:', '')
  }
  for (const entry of tree?.kind === 'map' ? tree.entries : []) {
    if (entry.key.startsWith('x-')) continue
    const found = sectionName(scope, grammar, tree as Extract<Tree, { kind: 'map' }>, entry, main)
    // Two other words for one section: only the first is read as it.
    if (found === undefined || (found !== entry.key && doubtful.has(found))) continue
    const name = found
    if (name !== entry.key) doubtful.add(name)
    const key = grammar.gateway.keys[name]
    if (key === undefined) continue
    if (key.later !== undefined) {
      report(
        scope,
        keyPlaceOf(entry),
        'GW1108',
        name === entry.key
          ? `${JSON.stringify(name)} is not available yet in this version`
          : `${JSON.stringify(entry.key)} would be ${JSON.stringify(name)}, which is not available yet in this version`,
        `It comes with ${key.later}; remove it until then.`,
        entry.key,
      )
      continue
    }
    if (name === 'routes' && reading.known !== undefined) {
      units.routes.push(...reading.known())
      continue
    }
    if (entry.value.kind === 'scalar' && entry.value.value === null) {
      report(
        scope,
        keyPlaceOf(entry),
        'GW1102',
        `${JSON.stringify(entry.key)} has no value`,
        'write something below it, or remove the key',
        entry.key,
      )
      doubtful.add(name)
      continue
    }
    if (isMapSection(name)) {
      if (!readMap(scope, grammar, name, entry, file, units[name], reading)) doubtful.add(name)
    } else if (name === 'defaults' || name === 'global') {
      scope.params = name === 'global' ? noParams : undefined
      single[name] = readUnit(scope, grammar[name], entry, file, name)
      scope.params = undefined
    } else {
      const value = check(scope, key.node, entry.value, name)
      if (value !== failed) values.set(name, { value, place: { key: keyPlaceOf(entry), value: placeOf(entry.value) } })
    }
  }
  return { source: file, units, ...single, values, doubtful, unread: false }
}

const sectionName = (
  scope: Scope,
  grammar: Grammar,
  tree: Extract<Tree, { kind: 'map' }>,
  entry: Entry,
  main: boolean,
): string | undefined => {
  const keys = Object.keys(grammar.gateway.keys)
  if (keys.includes(entry.key)) {
    if (main || includedSections.has(entry.key)) return entry.key
    report(
      scope,
      keyPlaceOf(entry),
      'GW1007',
      `${JSON.stringify(entry.key)} belongs to the main file`,
      'Included files hold defaults, services, routes and policies.',
      entry.key,
    )
    return undefined
  }
  const suggestion = suggestKey(entry.key, main ? keys : keys.filter((key) => includedSections.has(key)))
  const help =
    suggestion === undefined
      ? `sections are ${keys.filter((key) => grammar.gateway.keys[key]?.later === undefined).join(', ')}`
      : `did you mean "${suggestion.key}"?`
  const free = suggestion !== undefined && !tree.entries.some((other) => other.key === suggestion.key)
  // One that comes later is told as such by who asks, and not offered first.
  if (free && grammar.gateway.keys[suggestion.key]?.later !== undefined) return suggestion.key
  const fix = free && suggestion.certain ? { from: entry.key, to: suggestion.key } : undefined
  report(scope, keyPlaceOf(entry), 'GW1101', `unknown key ${JSON.stringify(entry.key)}`, help, entry.key, fix)
  return free ? suggestion.key : undefined
}

const nodeOf = (grammar: Grammar, section: MapSection): SchemaNode => {
  if (section === 'listeners') return grammar.listener
  if (section === 'services') return grammar.service
  return section === 'routes' ? grammar.route : grammar.bundle
}

const readMap = (
  scope: Scope,
  grammar: Grammar,
  section: MapSection,
  entry: Entry,
  file: number,
  units: Unit[],
  reading: RouteReading,
): boolean => {
  if (entry.value.kind !== 'map') {
    report(
      scope,
      entry.value,
      'GW1102',
      `${section} is a map of names`,
      `write ${section}: and below it name: …`,
      section,
    )
    return false
  }
  for (const item of entry.value.entries) {
    if (section !== 'routes' || reading.seen === undefined) {
      units.push(readNamed(scope, grammar, section, item, file))
      continue
    }
    const { checked, pure } = checkApart(scope, grammar, item, file)
    units.push(checked.unit)
    reading.seen(item, checked, pure)
  }
  return true
}

/** Checks one route so that what it gave can be told from what others gave; adds it to the scope as well. */
export const checkApart = (
  scope: Scope,
  grammar: Grammar,
  entry: Entry,
  file: number,
): { readonly checked: CheckedRouteUnit; readonly pure: boolean } => {
  const own: Scope = { ...scope, findings: [], references: [], impure: false }
  const unit = readNamed(own, grammar, 'routes', entry, file)
  scope.findings.push(...own.findings)
  scope.references.push(...own.references)
  return { checked: { unit, findings: own.findings, references: own.references }, pure: !own.impure }
}

/** Checks one named thing: a route, service, listener or bundle. */
const readNamed = (scope: Scope, grammar: Grammar, section: MapSection, item: Entry, file: number): Unit => {
  const path = `${section}.${item.key}`
  if (section !== 'routes' || !/^(all|any)$/.test(item.key)) checkKey(scope, 'name', item, path)
  const node = nodeOf(grammar, section)
  if (section === 'routes') return checkRoute(scope, node, item, file, path, readUnit)
  scope.params = section === 'listeners' ? noParams : undefined
  const unit = readUnit(scope, node, item, file, path)
  scope.params = undefined
  if (section === 'services') checkService(scope, unit, path)
  return unit
}

/** Checks the value under a key as one unit. */
export const readUnit = (scope: Scope, node: SchemaNode, item: Entry, file: number, path: string): Unit => {
  const base = { name: item.key, place: keyPlaceOf(item), file }
  if (item.value.kind === 'scalar' && item.value.missing === true) {
    report(
      scope,
      keyPlaceOf(item),
      'GW1102',
      `${JSON.stringify(item.key)} has no value`,
      'write it, or remove the key',
      path,
    )
    return { ...base, value: undefined, at: emptyPlaces }
  }
  const value = check(scope, node, item.value, path)
  if (value === failed || typeof value !== 'object' || value === null)
    return { ...base, value: undefined, at: emptyPlaces }
  return { ...base, value: value as Readonly<Record<string, unknown>>, at: scope.places.get(value) ?? emptyPlaces }
}
