import type { PolicyDefinition } from '../../contract/policy.ts'
import type { HostHeaderOptions } from './options.ts'

/** `hostHeader` (config.md §5.5): a setting that the engine reads when it writes the head of an attempt. */
export const hostHeader: PolicyDefinition<HostHeaderOptions> = {
  name: 'hostHeader',
  stage: 'transform',
  rank: 11,
  dry: 'pure',
  settings: (options) => ({ hostHeader: options === 'target' || options === 'preserve' ? options : { host: options } }),
}
