import type { Reply } from '../../contract/exchange.ts'
import type { PolicyDefinition } from '../../contract/policy.ts'
import { compileLists, listNames, type RequestList } from '../../lib/request-lists.ts'
import type { AllowOptions } from './options.ts'

const inside = 0
const refused = 1
const wouldRefuse = 2
const denied: Reply = {
  status: 403,
  code: 'GW4031',
  detail: 'This request is not on the list of what is allowed here.',
}

/** `allow` (config.md §5.3): 403 GW4031 unless the request is in every list that is stated. */
export const allow: PolicyDefinition<AllowOptions> = {
  name: 'allow',
  stage: 'lists',
  rank: 1,
  dry: 'pure',
  create(options, host) {
    const lists = compileLists(options, true, (spec) => host.matcher(spec))
    const enforce = options.mode !== 'log'
    return {
      onRequest(exchange) {
        for (let i = 0; i < lists.length; i++) {
          const list = lists[i] as RequestList
          if (list.fits(exchange)) continue
          exchange.note(enforce ? refused : wouldRefuse, list.list)
          return enforce ? denied : undefined
        }
        exchange.note(inside)
        return undefined
      },
      explain(_exchange, code, list) {
        if (code === inside) return 'is in every list'
        return `${code === refused ? 'refused' : 'would be refused (mode: log)'}: not in the list ${listNames[list]}`
      },
    }
  },
}
