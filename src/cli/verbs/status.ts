import type { GatewayInfo, WorkerInfo } from '../../contract/admin.ts'
import { createAdminClient } from '../admin-client.ts'
import { exit } from '../exit.ts'
import { statusLines } from '../status-words.ts'
import { defineVerb, type Verb } from '../verb.ts'

/** `gwanmun status`. */
export const status: Verb = defineVerb({
  name: 'status',
  summary: 'Prints how the running gateway fares: listeners, configuration, workers, targets',
  details: 'Exit code 1 when it runs and is not ready, 5 when nothing answers.',
  examples: ['gwanmun status', 'gwanmun status --json'],
  async run({ global, terminal }) {
    const client = createAdminClient(global, process.env['GWANMUN_TOKEN'])
    const info = (await client.demand('GET', '/v1/info')).body as GatewayInfo
    const { workers } = (await client.demand('GET', '/v1/workers')).body as { readonly workers: readonly WorkerInfo[] }
    const ready = await client.ask('GET', '/readyz')
    const isReady = ready?.status === 200
    if (global.json) terminal.json({ url: client.url, ready: isReady, info, workers })
    else for (const line of statusLines(client.url, isReady, info, workers, Date.now(), terminal)) terminal.print(line)
    return isReady ? exit.ok : exit.failure
  },
})
