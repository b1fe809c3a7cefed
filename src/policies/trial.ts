import type { Diagnostic, Origin } from '../contract/diagnostic.ts'
import type { MatchNames, PolicyDefinition, PolicyHost } from '../contract/policy.ts'
import type { PolicyUse, RouteSnapshot, Snapshot } from '../contract/snapshot.ts'
import { createMatcher } from '../lib/matcher.ts'
import { compileTemplate } from '../lib/placeholders.ts'
import { compileRedirect, compileRespond } from '../lib/reply.ts'
import type { MatcherSpec } from '../lib/schema.ts'
import { policyDefinitions } from './definitions.ts'

const source = { node: '', version: '', time: () => 0, now: () => 0 }
const noMatch: MatchNames = { paths: [], methods: [], headers: [], query: [], cookies: [] }

const unused = (): never => {
  throw new Error('a store cannot be used while a policy is made')
}

/** Ports of a policy that is made and never runs. */
const trialHost = (route: string | undefined, match: MatchNames): PolicyHost => ({
  ...source,
  route,
  match,
  random: () => 0,
  slot: () => ({ get: unused, set: unused }),
  template: (text, place) => compileTemplate(text, place, source),
  matcher: (spec) => createMatcher(spec as MatcherSpec),
  counters: { take: unused, add: unused },
  records: { get: unused, put: unused, delete: unused, claim: unused },
  service: () => undefined,
  log: () => {},
})

const diagnostic = (origin: Origin | undefined, path: string, error: unknown): Diagnostic => ({
  severity: 'error',
  code: 'GW1103',
  message: `${path}: ${error instanceof Error ? error.message : String(error)}`,
  path,
  ...(origin ?? { file: '', line: 0, column: 0 }),
})

/** Runs `make` and tells what it refused. */
const refusal = (make: () => unknown): unknown => {
  try {
    make()
    return undefined
  } catch (error) {
    return error
  }
}

const tryAction = (route: RouteSnapshot): unknown => {
  const { action } = route
  if (action.kind === 'respond') return refusal(() => compileRespond(action, source))
  if (action.kind === 'redirect') return refusal(() => compileRedirect(action, source, route.paths))
  return undefined
}

const definitionsOf = async (snapshot: Snapshot): Promise<ReadonlyMap<string, PolicyDefinition | undefined>> => {
  const names = new Set<string>()
  for (const { guards, unmatched } of snapshot.listeners)
    for (const { name } of [...guards, ...unmatched]) names.add(name)
  for (const { policies } of snapshot.routes) for (const { name } of policies) names.add(name)
  const definitions = new Map<string, PolicyDefinition | undefined>()
  for (const name of names) definitions.set(name, await policyDefinitions[name]?.())
  return definitions
}

/**
 * Makes every built-in policy and fixed answer of a snapshot once, as a worker would, so that what they refuse is a
 * finding of the check and not of the start. Equal options are tried once, and a use that routes share is not even
 * looked at again: a route's match changes what a policy does, never whether it can be made. Policies of the user's are
 * not tried: their code is not loaded here.
 */
export const tryPolicies = async (snapshot: Snapshot): Promise<readonly Diagnostic[]> => {
  const found: Diagnostic[] = []
  const definitions = await definitionsOf(snapshot)
  const seen = new Set<PolicyUse>()
  const tried = new Set<string>()
  const tryUse = (use: PolicyUse, section: string, owner: string, match: MatchNames): void => {
    if (use.name === 'use' || seen.has(use)) return
    seen.add(use)
    const key = `${use.name} ${JSON.stringify(use.options)}`
    if (tried.has(key)) return
    tried.add(key)
    const definition = definitions.get(use.name)
    const where = `${section}.${owner}`
    const host = trialHost(where, match)
    const error = refusal(() => {
      definition?.settings?.(use.options, host)
      definition?.create?.(use.options, host)
    })
    if (error !== undefined) found.push(diagnostic(use.origin, `${where}.${use.name}`, error))
  }
  for (const { name, guards, unmatched } of snapshot.listeners) {
    for (const use of guards) tryUse(use, 'listeners', name, noMatch)
    for (const use of unmatched) tryUse(use, 'listeners', name, noMatch)
  }
  for (const route of snapshot.routes) {
    const match = { ...noMatch, paths: route.paths, methods: route.methods }
    for (const use of route.policies) tryUse(use, 'routes', route.name, match)
    const error = tryAction(route)
    if (error !== undefined) found.push(diagnostic(route.origin, `routes.${route.name}.${route.action.kind}`, error))
  }
  return found
}
