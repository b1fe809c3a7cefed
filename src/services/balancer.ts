import type { TargetState } from './target-state.ts'

/** Chooses one of several usable targets; `usable` was checked to hold at least one. */
export type Balancer = (
  targets: readonly TargetState[],
  usable: (target: TargetState) => boolean,
) => TargetState | undefined

/**
 * Smooth weighted round-robin: every turn each target gains its weight, the richest is taken and pays the sum. With
 * weights 3 and 1 that is a b a a, never a a a b.
 */
export const roundRobin: Balancer = (targets, usable) => {
  let best: TargetState | undefined
  let sum = 0
  for (const target of targets) {
    if (!usable(target)) continue
    target.current += target.weight
    sum += target.weight
    if (best === undefined || target.current > best.current) best = target
  }
  if (best !== undefined) best.current -= sum
  return best
}

/** Fewest requests in flight for its weight; equals are taken in turn. */
export const leastRequests: Balancer = (targets, usable) => {
  let least = Infinity
  for (const target of targets) {
    if (!usable(target)) continue
    const load = target.inFlight / target.weight
    if (load < least) least = load
  }
  return roundRobin(targets, (target) => usable(target) && target.inFlight / target.weight === least)
}
