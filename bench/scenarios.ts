import type { Scenario } from './scenario.ts'
import { idleConnections } from './scenarios/idle-connections.ts'
import { openLoop4000 } from './scenarios/open-loop.ts'
import { respond, routes10000, same, workers2 } from './scenarios/own.ts'
import { peers } from './scenarios/peers.ts'
import { policies } from './scenarios/policies.ts'
import { post16k } from './scenarios/post-16k.ts'
import { reload10000 } from './scenarios/reload-10000.ts'
import { smallGet } from './scenarios/small-get.ts'
import { start } from './scenarios/start.ts'
import { download, upload } from './scenarios/streams.ts'

/** Every scenario, in the order of the docs page. */
export const scenarios: readonly Scenario[] = [
  smallGet,
  peers,
  post16k,
  download,
  upload,
  respond,
  routes10000,
  workers2,
  openLoop4000,
  idleConnections,
  start,
  reload10000,
  policies,
  same,
]
