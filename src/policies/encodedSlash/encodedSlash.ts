import type { PolicyDefinition } from '../../contract/policy.ts'
import type { EncodedSlashOptions } from './options.ts'

/** `encodedSlash` (config.md §4.1): a setting that the engine reads right after the match. */
export const encodedSlash: PolicyDefinition<EncodedSlashOptions> = {
  name: 'encodedSlash',
  stage: 'match',
  rank: 0,
  dry: 'pure',
  settings: (options) => ({ encodedSlash: options }),
}
