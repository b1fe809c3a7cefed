import type { RouteSettings } from '../contract/plan.ts'

/** What the engine does where nothing is written (config.md §16). */
export const builtInSettings: RouteSettings = {
  timeout: {
    total: 30_000,
    connect: 5_000,
    attempt: 0,
    idle: 60_000,
    streamIdle: 300_000,
    whole: 0,
    header: undefined,
  },
  websocket: undefined,
  encodedSlash: 'refuse',
  hostHeader: 'target',
  forwarded: 'none',
  attempts: 2,
  bufferRequest: 0,
  log: { sample: 1, fields: [] },
  problem: undefined,
}
