import type { PolicyOptions } from '../contract/policy.ts'
import type { ActionSnapshot, ConditionSnapshot, PolicyUse, RouteSnapshot } from '../contract/snapshot.ts'
import type { RespondOptions } from '../lib/respond-schema.ts'
import type { Layer, Levels } from './levels.ts'
import type { Sources } from './source.ts'
import type { Unit } from './unit.ts'

export interface CheckedRoute {
  readonly listener?: 'all' | readonly string[]
  readonly host?: readonly string[]
  readonly path?: readonly string[]
  readonly methods?: readonly string[]
  readonly match?: {
    readonly headers?: Readonly<Record<string, unknown>>
    readonly query?: Readonly<Record<string, unknown>>
    readonly cookies?: Readonly<Record<string, unknown>>
    readonly ip?: readonly string[]
  }
  readonly priority: number
  readonly service?: string
  readonly respond?: RespondOptions
  readonly redirect?: { readonly to: string; readonly status: number; readonly keepQuery: boolean }
  readonly handler?: { readonly file: unknown; readonly options?: unknown }
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly policies?: readonly string[] | null
}

/** What the routes of one file on listeners with one gateway chain have in common, for one service. */
export interface RouteContext {
  /** Uses by name of policy, before the route's own layers. */
  readonly uses: ReadonlyMap<string, readonly PolicyUse[]>
  readonly layers: readonly Layer[]
}

const noContent: readonly string[] = []
const noConditions: readonly ConditionSnapshot[] = []

/** The uses of a route: those of its context, and anew for every policy that its own layers name. */
export const routeUses = (
  levels: Levels,
  policies: readonly PolicyOptions[],
  context: RouteContext,
  own: readonly Layer[],
): PolicyUse[] => {
  const uses: PolicyUse[] = []
  for (const policy of policies) {
    const named = own.some((layer) => layer.unit.value !== undefined && Object.hasOwn(layer.unit.value, policy.name))
    const found = named
      ? levels.one(policy, [...layersFor(context.layers, policy), ...own], true)
      : context.uses.get(policy.name)
    if (found !== undefined) uses.push(...found)
  }
  return uses
}

/** Guards of the gateway chain and its `use` run before the match and are not part of a route. */
export const layersFor = (layers: readonly Layer[], policy: PolicyOptions): readonly Layer[] =>
  layers.filter((layer) =>
    layer.chain === 'route'
      ? true
      : layer.chain === 'service'
        ? policy.kind === 'setting'
        : policy.kind === 'setting' && policy.name !== 'use',
  )

/** The route as the snapshot holds it, for some of its listeners. */
export const buildRoute = (
  unit: Unit,
  sources: Sources,
  listeners: readonly string[],
  hosts: readonly string[],
  policies: readonly PolicyUse[],
  action: ActionSnapshot,
): RouteSnapshot => {
  const route = unit.value as unknown as CheckedRoute
  return {
    name: unit.name,
    origin: sources.origin(unit.place),
    listeners,
    hosts,
    paths: route.path ?? noContent,
    methods: route.methods ?? noContent,
    conditions: conditionsOf(route),
    priority: route.priority,
    action,
    policies,
    summary: route.summary,
    tags: route.tags ?? noContent,
  }
}

const conditionsOf = (route: CheckedRoute): readonly ConditionSnapshot[] => {
  if (route.match === undefined) return noConditions
  const conditions: ConditionSnapshot[] = []
  for (const kind of ['headers', 'query', 'cookies'] as const) {
    for (const [name, matcher] of Object.entries(route.match[kind] ?? {})) conditions.push({ kind, name, matcher })
  }
  if (route.match.ip !== undefined) conditions.push({ kind: 'ip', name: '', matcher: route.match.ip })
  return conditions
}

/** The one action of a route; undefined if it has none. */
export const actionOf = (unit: Unit): ActionSnapshot | undefined => {
  const route = unit.value as unknown as CheckedRoute
  if (route.service !== undefined) return { kind: 'service', service: route.service }
  if (route.redirect !== undefined) return { kind: 'redirect', ...route.redirect }
  if (route.handler !== undefined) {
    const { file, options } = route.handler
    const ref =
      typeof file === 'string'
        ? { file, export: 'default' }
        : (file as { readonly file: string; readonly export: string })
    return { kind: 'handler', code: { ...ref, options } }
  }
  return route.respond === undefined ? undefined : respondAction(route.respond)
}

const respondAction = (respond: RespondOptions): ActionSnapshot => ({
  kind: 'respond',
  status: respond.status ?? 200,
  headers: respond.headers ?? {},
  body: respond.body,
  contentType: undefined,
})
