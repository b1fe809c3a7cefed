import type { Verb } from './verb.ts'
import { bench } from './verbs/bench.ts'
import { check } from './verbs/check.ts'
import { config } from './verbs/config.ts'
import { demo } from './verbs/demo.ts'
import { dev } from './verbs/dev.ts'
import { docs } from './verbs/docs.ts'
import { doctor } from './verbs/doctor.ts'
import { explain } from './verbs/explain.ts'
import { init } from './verbs/init.ts'
import { proxy } from './verbs/proxy.ts'
import { reload } from './verbs/reload.ts'
import { routes } from './verbs/routes.ts'
import { start } from './verbs/start.ts'
import { status } from './verbs/status.ts'
import { version } from './verbs/version.ts'

/** Every verb, in the order of help: run, write, ask, look. */
export const verbs: readonly Verb[] = [
  demo,
  proxy,
  init,
  dev,
  start,
  check,
  routes,
  explain,
  status,
  reload,
  config,
  bench,
  doctor,
  docs,
  version,
]
