import { flag, port, text } from '../flag.ts'
import { defineVerb, type Verb } from '../verb.ts'
import { workersOf } from './start.ts'

/** `gwanmun dev`. */
export const dev: Verb = defineVerb({
  name: 'dev',
  summary: 'Runs the gateway for work on it: watches its files, prints one line a request',
  details:
    'Listens on loopback unless the file names a host. One worker unless --workers says otherwise. A browser gets the problem documents of the gateway as pages.',
  flags: {
    port: port('Port of the only serving listener, over the file'),
    adminPort: port('Port of the admin API, over the file'),
    state: text('<folder>', 'State folder, over the file'),
    workers: text('<auto|number>', 'Worker threads. Default: 1'),
    open: flag('Opens the status page in a browser'),
  },
  examples: ['gwanmun dev', 'gwanmun dev --port 9000 --open'],
  async run({ flags, global, terminal }) {
    const workers = workersOf(flags.workers) ?? 1
    const { launch } = await import('../launch.ts')
    return launch(
      {
        mode: 'dev',
        file: global.config,
        shown: undefined,
        watch: true,
        port: flags.port,
        adminPort: flags.adminPort,
        state: flags.state,
        workers,
        open: flags.open,
        global,
        tries: (url, path) => (path === undefined ? [] : [`curl ${url}${path}`]),
      },
      terminal,
    )
  },
})
