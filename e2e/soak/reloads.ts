import { reloadUnderLoad } from '../support/reload-run.ts'
import type { Soak } from './soak.ts'

/** A hundred reloads under load (row 11.8). */
export const reloads: Soak = {
  name: 'reloads',
  says: '100 reloads under load with a tunnel and an event stream held open',
  async run(share, say) {
    const rounds = Math.max(1, Math.round(100 * share))
    const requests = await reloadUnderLoad(rounds)
    say(`${rounds} reloads, ${requests} requests, 0 failed`)
    return [`${rounds} reloads, ${requests} requests, 0 failed`]
  },
}
