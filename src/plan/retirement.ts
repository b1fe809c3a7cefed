import type { RoutePlan, Step } from '../contract/plan.ts'
import type { CompiledPlan } from './compile.ts'

const hasClose = (step: Step): boolean => step.policy.close !== undefined

/**
 * Closes policies that no plan uses any more. A route may be taken over by plan after plan while a request that began
 * on the first still runs, so it counts the plans that hold it, each until its last exchange has ended.
 */
export class Retirement {
  private readonly holders = new Map<RoutePlan, number>()

  /** A plan is in force from now on. */
  hold(plan: CompiledPlan): void {
    for (const routes of plan.routes.values())
      for (const route of routes.values())
        if (route.steps.all.some(hasClose)) this.holders.set(route, (this.holders.get(route) ?? 0) + 1)
  }

  /** A plan was replaced: what it holds is let go listener by listener, when nothing runs there any more. */
  retire(plan: CompiledPlan): void {
    for (const [name, listener] of plan.listeners) {
      const release = (): void => {
        listener.load.idle = undefined
        for (const step of [...listener.guards.all, ...listener.unmatched.steps.all]) step.policy.close?.()
        for (const route of plan.routes.get(name)?.values() ?? []) this.release(route)
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
    for (const step of route.steps.all) step.policy.close?.()
  }
}
