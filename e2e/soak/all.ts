import { churn } from './churn.ts'
import type { Soak } from './soak.ts'

/** Every long run. */
export const soaks: readonly Soak[] = [churn]
