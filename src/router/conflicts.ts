import { checkedRoute } from './checked-route.ts'
import type { CheckedRoute, ConflictEntry } from './checked-route.ts'
import { withoutNames } from './cover.ts'
import { Reach } from './reach.ts'
import { createRouter } from './router.ts'
import { findTies } from './ties.ts'
import { freshWord } from './witness.ts'

/** Two routes that are in each other's way; both are indices into the entries that were given. */
export interface Conflict {
  /**
   * `same`: the same match on one listener. `shadowed`: the route can never win, because others go first; `by` is one
   * of them. `rank`: both take some request, and only their names decide.
   */
  readonly kind: 'same' | 'shadowed' | 'rank'
  /** The first two are errors, the last is a warning. */
  readonly code: 'GW1301' | 'GW2031'
  /** The route that loses. */
  readonly route: number
  /** The route that goes first. */
  readonly by: number
  /** A listener where it is so. */
  readonly listener: string
}

/** Text that is equal for two routes when they match the same requests for the same reasons. */
const matchKey = ({ entry }: CheckedRoute): string => {
  const hosts = entry.hosts.map((host) => host.toLowerCase().replace(/^\{[^}]*\}/, '{}'))
  const paths = entry.paths.map((path) =>
    path.startsWith('~') ? withoutNames(path) : path.replaceAll(/\{[A-Za-z0-9_-]+/g, '{'),
  )
  const conditions = entry.conditions.map((condition) =>
    JSON.stringify([condition.kind, condition.name, condition.matcher]),
  )
  return JSON.stringify([hosts.sort(), paths.sort(), [...entry.methods].sort(), conditions.sort(), entry.priority])
}

const listenersOf = (routes: readonly CheckedRoute[]): ReadonlyMap<string, readonly CheckedRoute[]> => {
  const byListener = new Map<string, CheckedRoute[]>()
  for (const route of routes) {
    for (const name of route.entry.listeners) {
      const list = byListener.get(name)
      if (list === undefined) byListener.set(name, [route])
      else list.push(route)
    }
  }
  return byListener
}

/** Routes of one listener that cannot win there, with what is in their way. */
const blockedRoutes = (routes: readonly CheckedRoute[], word: string): ReadonlyMap<CheckedRoute, CheckedRoute> => {
  const byIndex: (CheckedRoute | undefined)[] = []
  for (const route of routes) byIndex[route.index] = route
  const router = createRouter(routes.map((route) => ({ ...route.entry, value: route.index })))
  const deepest = routes.reduce(
    (most, { leaves }) =>
      leaves.reduce(
        (deep, { path }) =>
          Math.max(
            deep,
            path.kind === 'tree' ? path.segments.length : path.kind === 'exact' ? path.path.split('/').length : 0,
          ),
        most,
      ),
    0,
  )
  const reach = new Reach(router, byIndex, { word, deepest })
  const blocked = new Map<CheckedRoute, CheckedRoute>()
  for (const route of routes) {
    const by = reach.blocker(route)
    if (by !== undefined) blocked.set(route, by)
  }
  return blocked
}

/**
 * Conflicts of routes at load (config.md §4.3): routes that can never win (GW1301) and pairs whose names decide
 * (GW2031), in the order of the losing route. Nothing is reported that is not certain; what hangs on the overlap of two
 * expressions may go unreported. Entries with patterns that are not valid are left out.
 */
export const findConflicts = (entries: readonly ConflictEntry[]): readonly Conflict[] => {
  const routes = entries.map(checkedRoute).filter((route) => route !== undefined)
  const word = freshWord(
    entries.flatMap((entry) => [
      ...entry.paths,
      ...entry.hosts,
      ...entry.methods,
      ...entry.conditions.map((condition) => JSON.stringify(condition)),
    ]),
  )
  const conflicts: Conflict[] = []
  const blockedOn = new Map<CheckedRoute, { listener: string; by: CheckedRoute }[]>()
  const ties = new Map<CheckedRoute, Conflict>()
  for (const [listener, served] of listenersOf(routes)) {
    const blocked = blockedRoutes(served, word)
    for (const [route, by] of blocked) blockedOn.set(route, [...(blockedOn.get(route) ?? []), { listener, by }])
    for (const { winner, loser } of findTies(served.filter((route) => !blocked.has(route)))) {
      ties.set(loser, { kind: 'rank', code: 'GW2031', route: loser.index, by: winner.index, listener })
    }
  }
  for (const route of routes) {
    const places = blockedOn.get(route) ?? []
    const same = places.find(({ by }) => matchKey(by) === matchKey(route))
    const dead = same ?? (places.length === new Set(route.entry.listeners).size ? places[0] : undefined)
    if (dead !== undefined) {
      conflicts.push({
        kind: same === undefined ? 'shadowed' : 'same',
        code: 'GW1301',
        route: route.index,
        by: dead.by.index,
        listener: dead.listener,
      })
    } else {
      const tie = ties.get(route)
      if (tie !== undefined) conflicts.push(tie)
    }
  }
  return conflicts
}
