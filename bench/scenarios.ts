import type { Scenario } from './scenario.ts'
import { peers } from './scenarios/peers.ts'
import { post16k } from './scenarios/post-16k.ts'
import { smallGet } from './scenarios/small-get.ts'
import { download, upload } from './scenarios/streams.ts'

/** Every scenario, in the order of the docs page. */
export const scenarios: readonly Scenario[] = [smallGet, post16k, download, upload, peers]
