import type { RoutePlan, Step } from '../contract/plan.ts'
import { closePolicies } from './close-policies.ts'
import type { CompiledPlan } from './compile.ts'

const hasClose = (step: Step): boolean => step.policy.close !== undefined

/**
 * Closes policies that no plan uses any more. A route may be taken over by plan after plan while a request that began
 * on the first still runs, so it counts the plans that hold it, each until its last exchange has ended.
 */
export class Retirement {
  private readonly holders = new Map<RoutePlan, number>()
  private readonly onError: (error: unknown) => void

  /** @param onError told what a policy throws when it is closed */
  constructor(onError: (error: unknown) => void) {
    this.onError = onError
  }

  /** A plan is in force from now on. */
  hold(plan: CompiledPlan): void {
    for (const routes of plan.routes.values())
      for (const route of routes.values())
        if (route.steps.all.some(hasClose)) this.holders.set(route, (this.holders.get(route) ?? 0) + 1)
  }

  /**
   * A plan was replaced: what it holds is let go listener by listener, when nothing runs there any more. Calls `onLeft`
   * when nothing runs on any of them.
   */
  retire(plan: CompiledPlan, onLeft: () => void): void {
    let busy = plan.listeners.size
    if (busy === 0) return onLeft()
    for (const [name, listener] of plan.listeners) {
      const release = (): void => {
        listener.load.idle = undefined
        this.close([...listener.guards.all, ...listener.unmatched.steps.all])
        for (const route of plan.routes.get(name)?.values() ?? []) this.release(route)
        if (--busy === 0) onLeft()
      }
      if (listener.load.inFlight === 0) release()
      else listener.load.idle = release
    }
  }

  private release(route: RoutePlan): void {
    const holders = this.holders.get(route)
    if (holders === undefined) return
    if (holders > 1) {
      this.holders.set(route, holders - 1)
      return
    }
    this.holders.delete(route)
    this.close(route.steps.all)
  }

  private close(steps: readonly Step[]): void {
    closePolicies(
      steps.map(({ policy }) => policy),
      this.onError,
    )
  }
}
