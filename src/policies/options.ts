import type { PolicyOptions } from '../contract/policy.ts'
import { allowOptions } from './allow/options.ts'
import { bodyLimitOptions } from './bodyLimit/options.ts'
import { compressOptions } from './compress/options.ts'
import { cookiesOptions } from './cookies/options.ts'
import { corsOptions } from './cors/options.ts'
import { denyOptions } from './deny/options.ts'
import { encodedSlashOptions } from './encodedSlash/options.ts'
import { errorsOptions } from './errors/options.ts'
import { forwardOptions } from './forward/options.ts'
import { headersOptions } from './headers/options.ts'
import { hostHeaderOptions } from './hostHeader/options.ts'
import { labelsOptions } from './labels/options.ts'
import { logOptions } from './log/options.ts'
import { queryOptions } from './query/options.ts'
import { rewriteOptions } from './rewrite/options.ts'
import { rewriteLocationOptions } from './rewriteLocation/options.ts'
import { securityHeadersOptions } from './securityHeaders/options.ts'
import { stripPrefixOptions } from './stripPrefix/options.ts'
import { timeoutOptions } from './timeout/options.ts'
import { useOptions } from './use/options.ts'
import { websocketOptions } from './websocket/options.ts'

/** Options of every policy of this version, in the order of config.md §5.1: what the config room knows of them. */
export const policyOptions: readonly PolicyOptions[] = [
  allowOptions,
  denyOptions,
  corsOptions,
  bodyLimitOptions,
  stripPrefixOptions,
  rewriteOptions,
  queryOptions,
  forwardOptions,
  headersOptions,
  hostHeaderOptions,
  encodedSlashOptions,
  timeoutOptions,
  websocketOptions,
  errorsOptions,
  rewriteLocationOptions,
  cookiesOptions,
  securityHeadersOptions,
  compressOptions,
  logOptions,
  labelsOptions,
  useOptions,
]
