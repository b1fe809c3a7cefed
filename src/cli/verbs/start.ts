import { exit, Stop } from '../exit.ts'
import { flag, port, text } from '../flag.ts'
import { defineVerb, type Verb } from '../verb.ts'

/** Workers as the flag gives them. */
export const workersOf = (written: string | undefined): number | 'auto' | undefined => {
  if (written === undefined || written === 'auto') return written
  const count = Number(written)
  if (!/^\d+$/.test(written) || count < 1 || count > 1024)
    throw new Stop(exit.usage, `--workers ${written}: write auto or a number from 1 to 1024`)
  return count
}

/** `gwanmun start`. */
export const start: Verb = defineVerb({
  name: 'start',
  summary: 'Runs the gateway for production: JSON log on stdout, no watching unless asked',
  details: `Prints one JSON object a line; {"msg":"ready",...} when every worker listens, at every --log-level.
SIGHUP reads the configuration again; SIGTERM finishes what runs and ends; a second SIGTERM ends at once.`,
  flags: {
    port: port('Port of the only serving listener, over the file'),
    adminPort: port('Port of the admin API, over the file'),
    state: text('<folder>', 'State folder, over the file'),
    workers: text('<auto|number>', 'Worker threads, over the file'),
    watch: flag('Takes changes of the configuration at once'),
  },
  examples: [
    'gwanmun start',
    'gwanmun start -c /etc/gwanmun/gateway.yaml --workers 4',
    'GWANMUN_PORT=8000 gwanmun start',
  ],
  async run({ flags, global, terminal }) {
    const workers = workersOf(flags.workers)
    const { launch } = await import('../launch.ts')
    return launch(
      {
        mode: 'start',
        file: global.config,
        shown: undefined,
        watch: flags.watch,
        port: flags.port,
        adminPort: flags.adminPort,
        state: flags.state,
        workers,
        global,
        tries: () => [],
      },
      terminal,
    )
  },
})
