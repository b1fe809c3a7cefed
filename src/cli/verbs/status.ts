import type { WorkerInfo } from '../../contract/admin.ts'
import { isLoopback } from '../../lib/loopback.ts'
import { createAdminClient } from '../admin-client.ts'
import { gatewayInfo, warnOfOther } from '../asked-gateway.ts'
import { exit } from '../exit.ts'
import { folderAdmin } from '../folder-admin.ts'
import { probeServices, type ServiceState } from '../service-state.ts'
import { statusLines } from '../status-words.ts'
import { defineVerb, type Verb } from '../verb.ts'

/** `gwanmun status`. */
export const status: Verb = defineVerb({
  name: 'status',
  summary: 'Prints how the running gateway fares: listeners, configuration, workers, targets',
  details:
    'Tries a connection to every target when the gateway runs on this machine. Exit code 1 when it runs and is not ready, 5 when nothing answers.',
  examples: ['gwanmun status', 'gwanmun status --json'],
  async run({ global, terminal }) {
    const client = createAdminClient(await folderAdmin(global, terminal), process.env['GWANMUN_TOKEN'])
    const info = await gatewayInfo(client)
    await warnOfOther(info, global, terminal)
    const { workers } = (await client.demand('GET', '/v1/workers')).body as { readonly workers: readonly WorkerInfo[] }
    const ready = await client.ask('GET', '/readyz')
    const isReady = ready?.status === 200
    // Only beside the gateway: what another machine can reach says nothing of what the gateway can.
    const states = isLoopback(new URL(client.url).hostname)
      ? await probeServices(info.services)
      : new Map<string, ServiceState>()
    if (global.json) terminal.json({ url: client.url, ready: isReady, info, workers })
    else
      for (const line of statusLines(client.url, isReady, info, workers, states, Date.now(), terminal))
        terminal.print(line)
    return isReady ? exit.ok : exit.failure
  },
})
