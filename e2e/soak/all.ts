import { churn } from './churn.ts'
import { floods } from './floods.ts'
import type { Soak } from './soak.ts'

/** Every long run. */
export const soaks: readonly Soak[] = [floods, churn]
