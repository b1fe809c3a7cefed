import type { Action, RoutePlan, RouteSettings, ServicePlan } from '../contract/plan.ts'
import type { MatchNames } from '../contract/policy.ts'
import type { PolicyUse, RouteSnapshot } from '../contract/snapshot.ts'
import { compileRedirect, compileRespond } from '../lib/reply.ts'
import { stepName } from '../lib/step-name.ts'
import type { Closing } from './close-policies.ts'
import { codeKey, type LoadedCode, ownCode, policyKey } from './code.ts'
import { checkedOptions } from './own-options.ts'
import { createPolicyHost, type HostPorts, type SlotCounter } from './policy-host.ts'
import { noSettings } from './settings.ts'
import { arrange, type LooseStep } from './steps.ts'

/** What every route of a plan is built with. */
export interface ChainParts {
  readonly ports: HostPorts
  readonly services: ReadonlyMap<string, ServicePlan>
  readonly code: LoadedCode
  /** Takes each policy that is made. */
  readonly made: Closing[]
}

/** A chain's policies as steps, and the settings they bring. */
export const buildChain = (
  uses: readonly PolicyUse[],
  parts: ChainParts,
  route: string | undefined,
  match: MatchNames,
  slots: SlotCounter,
): { readonly steps: LooseStep[]; readonly settings: RouteSettings } => {
  const host = createPolicyHost(parts.ports, parts.services, route, match, slots)
  const steps: LooseStep[] = []
  let settings = noSettings
  for (const use of uses) {
    const ref = use.name === 'use' ? ownCode(use) : undefined
    const definition = ref === undefined ? parts.code.definitions.get(use.name) : parts.code.own.get(policyKey(ref))
    if (definition === undefined) throw new Error(`policy ${ref?.file ?? use.name} is not loaded`)
    const options = ref === undefined ? use.options : checkedOptions(definition, ref.options)
    if (definition.settings !== undefined) settings = { ...settings, ...definition.settings(options as never, host) }
    if (definition.create === undefined) continue
    const policy = definition.create(options as never, host)
    parts.made.push(policy)
    // What only brought settings has nothing to run. Hooks of a user's policy may stand on its prototype.
    if (ref === undefined && Object.keys(policy).length === 0) continue
    const step = {
      name: definition.name,
      stage: definition.stage,
      chain: use.chain,
      origin: use.origin,
      policy,
      dry: definition.dry,
      stamp: ref === undefined ? undefined : stepName(`policy ${definition.name}`),
    }
    steps.push({ step, definition, isOwn: ref !== undefined })
  }
  return { steps, settings }
}

const noNames: MatchNames = { paths: [], methods: [], headers: [], query: [], cookies: [] }

const namesOf = (route: RouteSnapshot): MatchNames => {
  const named = (kind: string): readonly string[] =>
    route.conditions.filter((condition) => condition.kind === kind).map((condition) => condition.name)
  return route.conditions.length === 0
    ? { ...noNames, paths: route.paths, methods: route.methods }
    : {
        paths: route.paths,
        methods: route.methods,
        headers: named('headers').map((name) => name.toLowerCase()),
        query: named('query'),
        cookies: named('cookies'),
      }
}

const actionOf = (route: RouteSnapshot, parts: ChainParts): Action => {
  const { action } = route
  switch (action.kind) {
    case 'service': {
      const service = parts.services.get(action.service)
      if (service === undefined) throw new Error(`service ${action.service} is not in the snapshot`)
      return { kind: 'service', service }
    }
    case 'respond':
      return { kind: 'reply', make: compileRespond(action, parts.ports.source) }
    case 'redirect':
      return { kind: 'reply', make: compileRedirect(action, parts.ports.source, route.paths) }
    default: {
      const handle = parts.code.handlers.get(codeKey(action.code))
      if (handle === undefined) throw new Error(`handler ${action.code.file} is not loaded`)
      return { kind: 'handler', file: action.code.file, handle, stamp: stepName(`handler ${route.name}`) }
    }
  }
}

const describe = (route: RouteSnapshot): string =>
  `${route.methods.length === 0 ? 'any' : route.methods.join(' ')} ${route.hosts.join(' ')}${route.paths.join(' ')}`

/** Builds one route. Throws what `check` would have refused, or what user code throws. */
export const buildRoute = (
  route: RouteSnapshot,
  slot: number,
  firstStep: number,
  firstSlot: number,
  forwarded: 'none' | 'both',
  parts: ChainParts,
): RoutePlan => {
  const slots = { count: firstSlot }
  const { steps, settings } = buildChain(route.policies, parts, route.name, namesOf(route), slots)
  return {
    name: route.name,
    slot,
    origin: route.origin,
    describes: describe(route),
    action: actionOf(route, parts),
    steps: arrange(steps, firstStep),
    settings: forwarded === 'none' ? settings : { ...settings, forwarded },
    labels: settings.labels ?? {},
    slotCount: slots.count,
  }
}

/** What holds until a route is chosen, and for requests that none takes. */
export const buildUnmatched = (
  uses: readonly PolicyUse[],
  slot: number,
  firstStep: number,
  firstSlot: number,
  parts: ChainParts,
): RoutePlan => {
  const slots = { count: firstSlot }
  const { steps, settings } = buildChain(uses, parts, undefined, noNames, slots)
  return {
    name: 'none',
    slot,
    origin: undefined,
    describes: 'no route',
    action: { kind: 'reply', make: () => ({ status: 404, code: 'GW4041' }) },
    steps: arrange(steps, firstStep),
    settings,
    labels: {},
    slotCount: slots.count,
  }
}
