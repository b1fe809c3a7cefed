import type { PolicyDefinition } from '../../contract/policy.ts'
import type { LabelsOptions } from './options.ts'

/** `labels` (config.md §5.2): texts that travel with the route, for logs and `{route.labels.<key>}`. */
export const labels: PolicyDefinition<LabelsOptions> = {
  name: 'labels',
  stage: 'log',
  rank: 4,
  dry: 'pure',
  settings: (options) => ({ labels: { ...options } }),
}
