import type { Fact, Fresh } from './witness.ts'
import type { CheckedRoute } from './checked-route.ts'
import { areCovering } from './cover.ts'
import type { Router } from './router.ts'
import { factWitnesses, hostWitnesses, pathWitnesses, requestOf, shapeCount } from './witness.ts'

/** Requests tried for one route before it is taken to be reachable. */
const mostTries = 4_000
/** Ways to set fields that the route itself says nothing about. */
const mostSettings = 32

/** Whether a route can win: undefined when it can or nobody knows, else a route that takes its requests. */
export class Reach {
  private readonly router: Router<number>
  private readonly routes: readonly (CheckedRoute | undefined)[]
  private readonly fresh: Fresh
  private readonly blockers = new Set<CheckedRoute>()
  private tries = 0
  private finite = true

  constructor(router: Router<number>, routes: readonly (CheckedRoute | undefined)[], fresh: Fresh) {
    this.router = router
    this.routes = routes
    this.fresh = fresh
  }

  /** The route that is in the way of all requests, when `route` can never win. */
  blocker(route: CheckedRoute): CheckedRoute | undefined {
    this.blockers.clear()
    this.tries = 0
    this.finite = route.finite
    for (let shape = 0; shape < shapeCount; shape++) {
      if (this.wins(route, shape) || this.tries > mostTries) return undefined
      // Complete for what holds no expressions, on either side: every request that it could win has been tried.
      if (shape === 0 && this.finite) break
      if (route.leaves.every((leaf) => leaf.path.kind !== 'tree')) break
    }
    const all = [...this.blockers]
    const alone = all.find((other) => areCovering([other], route))
    return alone ?? (this.finite || areCovering(all, route) ? all[0] : undefined)
  }

  private wins(route: CheckedRoute, shape: number): boolean {
    const ways = factWitnesses(route.entry.conditions, this.fresh)
    const methods = route.methods === undefined ? [this.fresh.word.toUpperCase()] : [...route.methods]
    for (const leaf of route.leaves) {
      const paths = pathWitnesses(leaf.path, this.fresh, shape)
      for (const host of hostWitnesses(leaf.host, this.fresh)) {
        for (const path of paths) {
          for (const method of methods) {
            for (const facts of ways) if (this.winsWith(route, method, host, path, facts)) return true
            if (this.tries > mostTries) return false
          }
        }
      }
    }
    return false
  }

  /** Tries the request as it is, then with the fields set that those in the way look at. */
  private winsWith(route: CheckedRoute, method: string, host: string, path: string, facts: readonly Fact[]): boolean {
    const open: (readonly Fact[])[] = [[]]
    const seen = new Set([''])
    for (let at = 0; at < open.length; at++) {
      const extra = open[at] as readonly Fact[]
      this.tries++
      const winner = this.router.match(requestOf(method, host, path, [...facts, ...extra])).value
      if (winner === route.index) return true
      const other = winner === undefined ? undefined : this.routes[winner]
      if (other === undefined) continue
      this.blockers.add(other)
      this.finite &&= other.finite
      for (const { kind, name } of other.entry.conditions) {
        const isSet = (list: readonly Fact[]): boolean =>
          list.some((fact) => fact.kind === kind && fact.name.toLowerCase() === name.toLowerCase())
        if (kind === 'ip' || isSet(facts) || isSet(extra)) continue
        const next = [...extra, { kind, name, value: this.fresh.word }]
        const key = next
          .map((fact) => `${fact.kind} ${fact.name}`)
          .sort()
          .join('\n')
        if (seen.has(key)) continue
        seen.add(key)
        if (open.length < mostSettings) open.push(next)
        else this.finite = false
      }
    }
    return false
  }
}
