import type { ListenerPlan, MatchInput, Plan, RoutePlan, ServicePlan } from '../contract/plan.ts'
import type { ListenerSnapshot, RouteSnapshot, ServiceSnapshot, Snapshot } from '../contract/snapshot.ts'
import type { SlotTable } from '../contract/threads.ts'
import { createTrustedPeers } from '../listener/trusted-peers.ts'
import type { RouterEntry } from '../router/entry.ts'
import { explainMatch } from '../router/explain.ts'
import { buildRouter } from '../router/router.ts'
import type { Closing } from './close-policies.ts'
import type { LoadedCode } from './code.ts'
import type { HostPorts } from './policy-host.ts'
import { buildChain, buildRoute, buildUnmatched, type ChainParts } from './route.ts'
import { arrange } from './steps.ts'

/** Everything a plan is made from. */
export interface CompileInput {
  readonly snapshot: Snapshot
  readonly slots: SlotTable
  readonly services: ReadonlyMap<string, ServicePlan>
  readonly code: LoadedCode
  readonly ports: HostPorts
  /** Ports that listeners which asked for any were given, by name. */
  readonly portOf: (listener: string) => number | undefined
  /** The running plan: what did not change is taken over. */
  readonly previous: CompiledPlan | undefined
  /** Given each policy that is made, so that all can be closed when the plan does not come into force. */
  readonly made: Closing[]
}

export interface CompiledPlan extends Plan {
  readonly snapshot: Snapshot
  /** Route plans by the snapshot entry they were made from, so that the next plan can take them over. */
  readonly routes: ReadonlyMap<string, ReadonlyMap<RouteSnapshot, RoutePlan>>
  readonly code: LoadedCode
}

/** Routes built between two yields: about half a millisecond. */
const routesPerSlice = 16

/**
 * Config becomes machine. Yields often, so that a worker can do it between requests (architecture.md §1); throws when
 * code refuses its options, and then nothing has changed.
 */
export function* compilePlan(input: CompileInput): Generator<void, CompiledPlan, void> {
  const listeners = new Map<string, ListenerPlan>()
  const routes = new Map<string, ReadonlyMap<RouteSnapshot, RoutePlan>>()
  const parts: ChainParts = { ports: input.ports, services: input.services, code: input.code, made: input.made }
  const services = new Map(input.snapshot.services.map((service) => [service.name, service]))
  for (const listener of input.snapshot.listeners) {
    const built = yield* compileListener(listener, input, parts, services)
    listeners.set(listener.name, built.plan)
    routes.set(listener.name, built.routes)
  }
  return {
    hash: input.snapshot.hash,
    listeners,
    services: input.services,
    snapshot: input.snapshot,
    routes,
    code: input.code,
  }
}

function* compileListener(
  listener: ListenerSnapshot,
  input: CompileInput,
  parts: ChainParts,
  services: ReadonlyMap<string, ServiceSnapshot>,
): Generator<void, { plan: ListenerPlan; routes: ReadonlyMap<RouteSnapshot, RoutePlan> }, void> {
  const { slots, previous } = input
  const guardSlots = { count: 0 }
  const guardChain = buildChain(
    listener.guards,
    parts,
    undefined,
    { paths: [], methods: [], headers: [], query: [], cookies: [] },
    guardSlots,
  )
  const guards = arrange(guardChain.steps, 0)
  const firstStep = guards.all.length
  const known = reusable(previous, listener, input)
  const built = new Map<RouteSnapshot, RoutePlan>()
  const entries: RouterEntry<RoutePlan>[] = []
  let fresh = 0
  for (const route of input.snapshot.routes) {
    if (!route.listeners.includes(listener.name)) continue
    const slot = slots.routes[`${listener.name} ${route.name}`] ?? 0
    let plan = known?.get(route)
    if (plan === undefined || plan.slot !== slot || !sameAction(plan, input)) {
      const forwarded =
        route.action.kind === 'service' ? (services.get(route.action.service)?.forwarded ?? 'none') : 'none'
      plan = buildRoute(route, slot, firstStep, guardSlots.count, forwarded, parts)
      if (++fresh % routesPerSlice === 0) yield
    }
    built.set(route, plan)
    entries.push({
      value: plan,
      name: route.name,
      hosts: route.hosts,
      paths: route.paths,
      methods: route.methods,
      conditions: route.conditions,
      priority: route.priority,
    })
  }
  yield
  const router = yield* buildRouter(entries)
  const target =
    listener.redirect === undefined
      ? undefined
      : input.snapshot.listeners.find((other) => other.name === listener.redirect)
  const trusted = createTrustedPeers(listener.trustedProxies, listener.clientIpHeader)
  // One that is moved to another port still stands at the old one.
  const portOf = ({ name, port }: ListenerSnapshot): number => (port === 0 ? (input.portOf(name) ?? 0) : port)
  const plan: ListenerPlan = {
    name: listener.name,
    slot: slots.listeners[listener.name] ?? 0,
    port: portOf(listener),
    scheme: 'http',
    guards,
    guardSlots: guardSlots.count,
    unmatched: buildUnmatched(listener.unmatched, slots.routes[listener.name] ?? 0, firstStep, guardSlots.count, parts),
    limits: { ...listener.limits, tells: new Set([trusted.header, 'x-forwarded-proto']) },
    timeouts: listener.timeouts,
    trusted,
    redirect: target === undefined ? undefined : { scheme: 'http', port: portOf(target) },
    readsQuery: entries.some(({ conditions }) => conditions.some(({ kind }) => kind === 'query')),
    match: (match) => router.match(match),
    lost: (match, won) => losers(entries, match, won),
    load: { inFlight: 0, idle: undefined },
  }
  return { plan, routes: built }
}

/** Losers in the order in which they would have been nearest: those that fail late stand before those that fail early. */
const losers = (
  entries: readonly RouterEntry<RoutePlan>[],
  match: MatchInput,
  won: RoutePlan | undefined,
): readonly { readonly route: RoutePlan; readonly reason: string }[] =>
  explainMatch(entries, match, won)
    .filter((verdict) => !verdict.won)
    .map((verdict) => ({
      route: (entries[verdict.route] as RouterEntry<RoutePlan>).value,
      reason: verdict.reason ?? '',
    }))
    .toSorted((a, b) => nearness(a.reason) - nearness(b.reason))

/** Reasons by how much of the request had to fit before they counted. */
const nearness = (reason: string): number =>
  reason.startsWith('path') ? 3 : reason.startsWith('host') ? 4 : reason.startsWith('methods') ? 1 : 0

/** Routes of the running plan may be taken over when the gateway chain before them has the same number of steps and slots. */
const reusable = (
  previous: CompiledPlan | undefined,
  listener: ListenerSnapshot,
  input: CompileInput,
): ReadonlyMap<RouteSnapshot, RoutePlan> | undefined => {
  if (previous === undefined || previous.snapshot.generation !== input.snapshot.generation) return undefined
  const before = previous.snapshot.listeners.find((other) => other.name === listener.name)
  return before === undefined || before.guards !== listener.guards ? undefined : previous.routes.get(listener.name)
}

/** A route whose service was rebuilt has to be rebuilt too. */
const sameAction = (plan: RoutePlan, input: CompileInput): boolean =>
  plan.action.kind !== 'service' || input.services.get(plan.action.service.name) === plan.action.service
