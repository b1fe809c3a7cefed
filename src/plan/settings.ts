import type { RouteSettings } from '../contract/plan.ts'

/**
 * Everything off: what holds where a setting was switched off with `none`. The values of config.md §16 come with the
 * snapshot, as the built-in options of their policies.
 */
export const noSettings: RouteSettings = {
  timeout: { total: 0, connect: 0, attempt: 0, idle: 0, streamIdle: 0, whole: 0, header: undefined },
  websocket: undefined,
  encodedSlash: 'refuse',
  hostHeader: 'target',
  forwarded: 'none',
  attempts: 2,
  log: undefined,
  problem: undefined,
}
