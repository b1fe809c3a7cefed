import { churn } from './churn.ts'
import { reloads } from './reloads.ts'
import { restarts } from './restarts.ts'
import { floods } from './floods.ts'
import type { Soak } from './soak.ts'

/** Every long run. */
export const soaks: readonly Soak[] = [floods, churn, reloads, restarts]
