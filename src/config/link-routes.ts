import type { PolicyOptions } from '../contract/policy.ts'
import type { PolicyUse, RouteSnapshot } from '../contract/snapshot.ts'
import { hostInside, pathInside } from './bounds.ts'
import { actionOf, buildRoute, layersFor, routeUses, type CheckedRoute, type RouteContext } from './build-routes.ts'
import type { Finding } from './finding.ts'
import type { FileParts } from './file-parts.ts'
import { useFindings } from './use-rules.ts'
import type { Layer, Levels } from './levels.ts'
import { allUnits, type Bounds, type Parts } from './parts.ts'
import type { Sources } from './source.ts'
import { placeIn, valuePlaceIn, type Unit } from './unit.ts'

/** A listener that serves, with its own gateway layers. */
export interface Serving {
  readonly name: string
  readonly layers: readonly Layer[]
  /** Listeners with the same key have the same settings of the gateway chain. */
  readonly group: string
}

export interface RouteLinks {
  readonly parts: Parts
  readonly sources: Sources
  readonly levels: Levels
  readonly policies: readonly PolicyOptions[]
  readonly serving: readonly Serving[]
  /** Listeners that only redirect. */
  readonly redirecting: ReadonlySet<string>
  readonly findings: Finding[]
}

export interface LinkedRoutes {
  readonly routes: readonly RouteSnapshot[]
  /** The unit of each route, for positions. */
  readonly units: readonly Unit[]
}

/** Resolves every route of every file on the listeners it stands on. */
export const linkRoutes = (links: RouteLinks): LinkedRoutes => {
  const routes: RouteSnapshot[] = []
  const units: Unit[] = []
  const linker = new RouteLinker(links)
  const files: readonly { readonly parts: FileParts; readonly bounds: Bounds | undefined }[] = [
    { parts: links.parts.main, bounds: undefined },
    ...links.parts.included,
  ]
  for (const file of files) {
    for (const unit of file.parts.units.routes) {
      if (unit.value === undefined) continue
      for (const route of linker.link(unit, file.parts, file.bounds)) {
        routes.push(route)
        units.push(unit)
      }
    }
  }
  return { routes, units }
}

class RouteLinker {
  readonly #links: RouteLinks
  readonly #services: ReadonlyMap<string, Unit>
  readonly #bundles: ReadonlyMap<string, Unit>
  readonly #contexts = new Map<string, RouteContext>()

  constructor(links: RouteLinks) {
    this.#links = links
    this.#services = allUnits(links.parts, 'services')
    this.#bundles = allUnits(links.parts, 'policies')
  }

  link(unit: Unit, file: FileParts, bounds: Bounds | undefined): RouteSnapshot[] {
    const route = unit.value as unknown as CheckedRoute
    const defaults = (file.defaults?.value ?? {}) as unknown as CheckedRoute
    const main = (this.#links.parts.main.defaults?.value ?? {}) as unknown as CheckedRoute
    const hosts = route.host ?? defaults.host ?? main.host ?? []
    const listeners = this.#listeners(unit, route.listener ?? defaults.listener ?? main.listener)
    if (listeners === undefined) return []
    if (bounds !== undefined) this.#checkBounds(unit, route, hosts, listeners, bounds)
    const action = actionOf(unit)
    if (action === undefined) return []
    const own = [...this.#bundleLayers(unit), { unit, chain: 'route' } as const]
    const made: RouteSnapshot[] = []
    for (const group of Map.groupBy(listeners, (listener) => listener.group).values()) {
      const first = group[0]
      if (first === undefined) continue
      const context = this.#context(first, file, route.service, unit)
      const uses = routeUses(this.#links.levels, this.#links.policies, context, own)
      if (made.length === 0) this.#links.findings.push(...useFindings({ unit, uses, action, own }))
      made.push(
        buildRoute(
          unit,
          this.#links.sources,
          group.map((listener) => listener.name),
          hosts,
          uses,
          action,
        ),
      )
    }
    return made
  }

  /** Listeners that the route stands on; undefined after reporting that it stands on none. */
  #listeners(unit: Unit, written: 'all' | readonly string[] | undefined): readonly Serving[] | undefined {
    const { serving, redirecting, findings } = this.#links
    const report = (code: Finding['code'], message: string, help: string): undefined => {
      findings.push({
        severity: 'error',
        ...valuePlaceIn(unit, 'listener'),
        code,
        message,
        help,
        path: `routes.${unit.name}`,
      })
    }
    if (written === undefined || written === 'all') {
      if (written === 'all' || serving.length < 2) return serving
      return report(
        'GW1303',
        `route ${JSON.stringify(unit.name)} does not say on which listener it is`,
        `write listener: ${serving.map((one) => one.name).join(' or ')} or all, here or in defaults`,
      )
    }
    const wrong = written.find((name) => redirecting.has(name))
    if (wrong !== undefined)
      return report('GW1305', `listener "${wrong}" only redirects and serves no routes`, 'Name a listener that serves.')
    return serving.filter((one) => written.includes(one.name))
  }

  #bundleLayers(unit: Unit | undefined): Layer[] {
    const names = (unit?.value as CheckedRoute | undefined)?.policies ?? []
    return names.flatMap((name) => {
      const bundle = this.#bundles.get(name)
      return bundle === undefined ? [] : [{ unit: bundle, chain: 'route' } as const]
    })
  }

  /** Layers and uses before the route's own; the same object for routes that have them in common. */
  #context(listener: Serving, file: FileParts, service: string | undefined, unit: Unit): RouteContext {
    const named = (unit.value as unknown as CheckedRoute).policies
    const key = `${listener.group} ${file.source} ${service ?? ''} ${named === null ? 'none' : (named ?? []).join()}`
    const known = this.#contexts.get(key)
    if (known !== undefined) return known
    const { parts, levels, policies } = this.#links
    const layers: Layer[] = [...listener.layers]
    for (const defaults of defaultsOf(parts, file)) {
      const skip = (bundle: Layer): boolean => named === null || (named ?? []).includes(bundle.unit.name)
      layers.push(...this.#defaultBundles(defaults, file, parts).filter((bundle) => !skip(bundle)), {
        unit: defaults,
        chain: 'route',
      })
    }
    const serviceUnit = service === undefined ? undefined : this.#services.get(service)
    if (serviceUnit !== undefined) layers.push({ unit: serviceUnit, chain: 'service' })
    const uses = new Map<string, readonly PolicyUse[]>()
    for (const policy of policies) {
      const found = levels.one(policy, layersFor(layers, policy), true)
      if (found.length > 0) uses.set(policy.name, found)
    }
    const context = { layers, uses }
    this.#contexts.set(key, context)
    return context
  }

  /** `policies: none` in the included file's defaults drops the bundles of the main file's. */
  #defaultBundles(defaults: Unit, file: FileParts, parts: Parts): readonly Layer[] {
    const dropped =
      defaults === parts.main.defaults &&
      file !== parts.main &&
      (file.defaults?.value as CheckedRoute | undefined)?.policies === null
    return dropped ? [] : this.#bundleLayers(defaults)
  }

  #checkBounds(
    unit: Unit,
    route: CheckedRoute,
    hosts: readonly string[],
    listeners: readonly Serving[],
    bounds: Bounds,
  ): void {
    const granted = this.#links.sources.origin(bounds.place)
    const report = (key: string, message: string): void => {
      this.#links.findings.push({
        severity: 'error',
        ...(unit.at.has(key) ? valuePlaceIn(unit, key) : placeIn(unit, key)),
        code: 'GW1008',
        message,
        help: `the include at ${granted.file}:${granted.line} grants less`,
        path: `routes.${unit.name}`,
      })
    }
    if (bounds.paths !== undefined) {
      if (route.path === undefined)
        report(
          'path',
          `route ${JSON.stringify(unit.name)} takes every path, its include only ${bounds.paths.join(', ')}`,
        )
      const outside = route.path?.find((path) => !pathInside(path, bounds.paths ?? []))
      if (outside !== undefined) report('path', `${JSON.stringify(outside)} is outside ${bounds.paths.join(', ')}`)
    }
    if (bounds.hosts !== undefined) {
      if (hosts.length === 0)
        report(
          'host',
          `route ${JSON.stringify(unit.name)} takes every host, its include only ${bounds.hosts.join(', ')}`,
        )
      const outside = hosts.find((host) => !hostInside(host, bounds.hosts ?? []))
      if (outside !== undefined) report('host', `${JSON.stringify(outside)} is outside ${bounds.hosts.join(', ')}`)
    }
    const outside = listeners.find((listener) => bounds.listeners?.includes(listener.name) === false)
    if (outside !== undefined)
      report('listener', `listener "${outside.name}" is outside ${(bounds.listeners ?? []).join(', ')}`)
  }
}

/** `defaults` of the main file and of the route's own file, far to near. */
const defaultsOf = (parts: Parts, file: FileParts): Unit[] =>
  [parts.main.defaults, file === parts.main ? undefined : file.defaults].filter(
    (unit): unit is Unit => unit !== undefined,
  )
