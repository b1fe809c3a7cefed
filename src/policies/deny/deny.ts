import type { Reply } from '../../contract/exchange.ts'
import type { PolicyDefinition } from '../../contract/policy.ts'
import { compileLists, listNames, type RequestList } from '../../lib/request-lists.ts'
import type { DenyOptions } from './options.ts'

const passed = 0
const refused = 1
const wouldRefuse = 2
const denied: Reply = { status: 403, code: 'GW4031', detail: 'This request is on a list of what is refused here.' }

/** `deny` (config.md §5.3): 403 GW4031 when an entry of any list fits. Runs before `allow`, so it wins. */
export const deny: PolicyDefinition<DenyOptions> = {
  name: 'deny',
  stage: 'lists',
  rank: 0,
  dry: 'pure',
  create(options, host) {
    const lists = compileLists(options, false, (spec) => host.matcher(spec))
    const enforce = options.mode !== 'log'
    return {
      onRequest(exchange) {
        for (let i = 0; i < lists.length; i++) {
          const list = lists[i] as RequestList
          if (!list.fits(exchange)) continue
          exchange.note(enforce ? refused : wouldRefuse, list.list)
          return enforce ? denied : undefined
        }
        exchange.note(passed)
        return undefined
      },
      explain(_exchange, code, list) {
        if (code === passed) return 'is on no list'
        return `${code === refused ? 'refused' : 'would be refused (mode: log)'}: on the list ${listNames[list]}`
      },
    }
  },
}
