import type { Snapshot } from '../contract/snapshot.ts'
import { buildListener, listenerGlobal, type CheckedListener } from './build-listeners.ts'
import { buildService } from './build-services.ts'
import { buildSettings } from './build-settings.ts'
import { check } from './check.ts'
import { defaultOf } from './default-value.ts'
import { emptyScope } from './empty-scope.ts'
import type { FileParts } from './file-parts.ts'
import type { Finding } from './finding.ts'
import { grammarOf } from './grammar/gateway.ts'
import { Levels, type Layer } from './levels.ts'
import { danglingNames, doubleNames, unusedNames } from './link-names.ts'
import { listenerFindings } from './link-listeners.ts'
import { linkRoutes, type LinkedRoutes, type Serving } from './link-routes.ts'
import type { LoadOptions } from './load-options.ts'
import { objectTree } from './object-tree.ts'
import { allUnits, type Parts } from './parts.ts'
import type { Scope } from './scope.ts'
import { settingsFindings } from './settings-rules.ts'
import { snapshotHash } from './snapshot-hash.ts'
import { valuePlaceIn, type Unit } from './unit.ts'

/** Joins the checked parts to a snapshot. What is wrong only in the whole is added to the scope's findings. */
export const link = (parts: Parts, scope: Scope, options: LoadOptions, folder: string): Snapshot | undefined => {
  const { findings, sources } = scope
  const listeners = listenersOf(parts.main, scope, options)
  const value = (section: string): unknown =>
    parts.main.values.get(section)?.value ?? (parts.main.values.has(section) ? null : sectionDefault(options, section))
  findings.push(...doubleNames(parts, sources))
  findings.push(
    ...danglingNames(
      scope.references,
      parts,
      listeners.map((unit) => unit.name),
    ),
  )
  findings.push(...settingsFindings(parts, scope))
  const admin = value('admin') as { readonly port: number; readonly host: string } | null
  findings.push(...listenerFindings(listeners, admin === null ? undefined : { port: admin.port, host: admin.host }))

  const levels = new Levels(options.policies, sources, options.traced === true ? scope.places : undefined)
  const chains = new Map(listeners.map((unit) => [unit.name, gatewayLayers(parts.main.global, unit, scope)]))
  const redirecting = new Set(
    listeners
      .filter((unit) => (unit.value as unknown as CheckedListener | undefined)?.redirect !== undefined)
      .map((unit) => unit.name),
  )
  const serving: Serving[] = listeners
    .filter((unit) => !redirecting.has(unit.name))
    .map((unit) => {
      const layers = chains.get(unit.name) ?? []
      const own = layers.find((layer) => layer.unit !== parts.main.global)
      const settings = options.policies.some(
        (policy) =>
          policy.kind === 'setting' &&
          policy.name !== 'use' &&
          own?.unit.value !== undefined &&
          Object.hasOwn(own.unit.value, policy.name),
      )
      return { name: unit.name, layers, group: settings ? unit.name : '' }
    })
  const linked = linkRoutes({ parts, sources, levels, policies: options.policies, serving, redirecting, findings })
  const failed = (): boolean => findings.some((finding) => finding.severity === 'error')
  if (!failed()) addConflicts(linked, options, scope)
  if (failed()) return undefined
  if (linked.routes.length === 0 && redirecting.size === 0) findings.push(nothingToServe(parts.main))
  // A handler may call every service, by names that only its code knows.
  const inCode = linked.routes.some(({ action }) => action.kind === 'handler')
  findings.push(...unusedNames(scope.references, parts, inCode ? ['policies'] : ['services', 'policies']))

  const host = options.mode === 'dev' || options.mode === 'demo' ? '127.0.0.1' : ''
  const defaults = defaultLayers(parts)
  const snapshot: Omit<Snapshot, 'hash'> = {
    generation: options.generation,
    files: [...new Set([...sources.list.map((source) => source.path).filter((path) => path !== ''), ...scope.files])],
    listeners: listeners.flatMap(
      (unit) =>
        buildListener(unit, { levels, sources, gateway: chains.get(unit.name) ?? [], defaults, host, folder }) ?? [],
    ),
    services: [...allUnits(parts, 'services').values()].flatMap((unit) => buildService(unit, sources) ?? []),
    routes: linked.routes,
    settings: buildSettings(value, folder, options, scope.sources.written()),
  }
  return { hash: snapshotHash(snapshot, folder), ...snapshot }
}

const nothingToServe = (main: FileParts): Finding => ({
  severity: 'warning',
  source: main.source,
  start: 0,
  end: 1,
  code: 'GW2005',
  message: 'there are no routes: every request is answered with 404',
  help: 'Add one: routes: { hello: { path: /, respond: hello } }',
})

const sectionDefault = (options: LoadOptions, section: string): unknown => {
  const key = grammarOf(options.policies).gateway.keys[section]
  return key === undefined ? undefined : defaultOf(key, check)
}

/** The listeners as written, or the one that there is when nothing is said. */
const listenersOf = (main: FileParts, scope: Scope, options: LoadOptions): readonly Unit[] => {
  if (main.units.listeners.length > 0 || main.doubtful.has('listeners')) return main.units.listeners
  const inner = { ...emptyScope(), places: scope.places }
  const value = check(inner, grammarOf(options.policies).listener, objectTree(8080, -1), 'listeners.main') as Readonly<
    Record<string, unknown>
  >
  return [{ name: 'main', place: { source: -1, start: -1, end: -1 }, value, at: new Map(), file: main.source }]
}

const gatewayLayers = (global: Unit | undefined, listener: Unit, scope: Scope): readonly Layer[] =>
  [global, listenerGlobal(listener, scope.places)].flatMap((unit) =>
    unit === undefined ? [] : [{ unit, chain: 'gateway' as const }],
  )

/** `defaults` of the main file with the bundles it names. */
const defaultLayers = (parts: Parts): readonly Layer[] => {
  const unit = parts.main.defaults
  if (unit === undefined) return []
  const bundles = allUnits(parts, 'policies')
  const names = (unit.value?.['policies'] ?? []) as readonly string[]
  return [...names.flatMap((name) => bundles.get(name) ?? []), unit].map((one) => ({
    unit: one,
    chain: 'route' as const,
  }))
}

const addConflicts = (linked: LinkedRoutes, options: LoadOptions, scope: Scope): void => {
  for (const conflict of options.findConflicts(linked.routes)) {
    const unit = linked.units[conflict.route]
    const other = linked.units[conflict.other]
    if (unit === undefined || other === undefined) continue
    const origin = scope.sources.origin(other.at.has('path') ? valuePlaceIn(other, 'path') : other.place)
    const where = other.file === unit.file ? `line ${origin.line}` : `${origin.file}:${origin.line}`
    const error = conflict.code === 'GW1301'
    scope.findings.push({
      severity: error ? 'error' : 'warning',
      ...(unit.at.has('path') ? valuePlaceIn(unit, 'path') : unit.place),
      code: conflict.code,
      message: error
        ? `route ${JSON.stringify(unit.name)} can never match: ${JSON.stringify(other.name)} takes the same requests (${where})`
        : `routes ${JSON.stringify(unit.name)} and ${JSON.stringify(other.name)} (${where}) have equal rank: ${conflict.reason}`,
      help: error
        ? 'give one of them other methods, host or path, or set priority'
        : 'Set priority, or make one more specific.',
      path: `routes.${unit.name}`,
    })
  }
}
