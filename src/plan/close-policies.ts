import type { Policy } from '../contract/policy.ts'

/** A policy as far as its end goes. */
export type Closing = Pick<Policy, 'close'>

/** Closes policies. One that throws is told to `onError` and keeps none of the others from being closed. */
export const closePolicies = (policies: Iterable<Closing>, onError: (error: unknown) => void): void => {
  for (const policy of policies) {
    try {
      policy.close?.()
    } catch (error) {
      onError(error)
    }
  }
}
