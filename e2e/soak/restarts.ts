import assert from 'node:assert/strict'
import { startLoad } from '../support/load.ts'
import { withProcess } from '../support/process-rig.ts'
import { eventually, pause } from '../support/raw-connection.ts'
import { answerWith } from '../support/target.ts'
import type { Soak } from './soak.ts'

/** Graceful ends under load, again and again (row 11.7). */
export const restarts: Soak = {
  name: 'restarts',
  says: '20 graceful ends under load, 0 failed requests each',
  async run(share, say) {
    const rounds = Math.max(1, Math.round(20 * share))
    let requests = 0
    for (let n = 0; n < rounds; n++)
      await withProcess({}, async (rig) => {
        rig.target.answer = (request) => void setTimeout(() => answerWith(200)(request), n % 7)
        const load = startLoad(rig.port, { connections: 16, reopen: 50 })
        await eventually(() => load.done > 500, 'load runs', 20_000)
        rig.gateway.signal('SIGTERM')
        await pause(100)
        load.turnAway()
        const { code } = await rig.gateway.exit()
        const { failed, done } = await load.stop()
        assert.deepEqual(failed, [], `of ${done}`)
        assert.equal(code, 0)
        requests += done
      })
    const line = `${rounds} graceful ends, ${requests} requests, 0 failed`
    say(line)
    return [line]
  },
}
