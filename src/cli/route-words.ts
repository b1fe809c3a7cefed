import type { Origin } from '../contract/diagnostic.ts'
import type { RouteSnapshot } from '../contract/snapshot.ts'

/** `GET POST`, `any`. */
export const methodsOf = (route: RouteSnapshot): string =>
  route.methods.length === 0 ? 'any' : route.methods.join(' ')

/** What answers: the service's name, `respond 200`, `redirect 308`, `handler file`. */
export const actionOf = (route: RouteSnapshot): string => {
  const { action } = route
  if (action.kind === 'service') return action.service
  if (action.kind === 'respond') return `respond ${action.status}`
  if (action.kind === 'redirect') return `redirect ${action.status} ${action.to}`
  return `handler ${action.code.file.slice(action.code.file.lastIndexOf('/') + 1)}`
}

/** Names of the policies that were written for a route, without what is built in. */
export const policiesOf = (route: RouteSnapshot): string[] => [
  ...new Set(route.policies.filter((use) => use.origin !== undefined).map((use) => use.name)),
]

/** `gateway.yaml:12`; empty where nothing is written. */
export const placeOf = (origin: Origin | undefined): string =>
  origin === undefined || origin.line === 0 ? '' : `${origin.file}:${origin.line}`
