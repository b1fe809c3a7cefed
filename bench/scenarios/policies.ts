import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { checkConfig } from '../check-config.ts'
import { compare, type Contestant } from '../compare.ts'
import { closedLoop, keepSeat } from '../contestants.ts'
import { writeCostsPage } from '../costs-page.ts'
import { configText, startGateway, type Variant } from '../peers/gwanmun.ts'
import { smallPaths } from '../peers/peer.ts'
import { ownPolicy, policyCosts, type PolicyCost } from '../policies.ts'
import type { Bench, Outcome, Row, Scenario } from '../scenario.ts'
import type { Estimate } from '../statistics.ts'
import { switchTo } from '../switch.ts'
import { startTarget } from '../target.ts'

/** What each policy costs, one after another in one process. */
export const policies: Scenario = {
  name: 'policies',
  own: true,
  title: 'What each policy costs',
  async run(bench: Bench): Promise<Outcome> {
    const target = await startTarget(bench.session)
    const gateway = await startGateway({ session: bench.session, target, routes: 50, workers: 1, label: 'gwanmun' })
    const folder = join(gateway.file, '..')
    writeFileSync(join(folder, 'tenant.ts'), ownPolicy)
    const chosen = policyCosts.filter(({ name }) => bench.only.length === 0 || bench.only.includes(name))
    const variant = (generation: string, defaults: string | undefined): Variant => ({
      routes: 50,
      workers: 1,
      generation,
      ...(defaults === undefined ? {} : { defaults }),
    })
    // A config that is refused would only show as one that never becomes live.
    for (const cost of chosen) {
      const file = join(folder, 'check.yaml')
      writeFileSync(file, configText(gateway.place, variant('check', cost.with)))
      await checkConfig(bench.session, file)
    }
    let warmUp = gateway.warmUp
    const contestant = (cost: PolicyCost, label: string, defaults: string | undefined): Contestant => {
      const load =
        cost.load === 'get' ? { paths: smallPaths(50) } : { method: 'POST', body: 1024, paths: ['/answers/42'] }
      const log = cost.silent === true && defaults === cost.with ? undefined : gateway.log
      const loop = closedLoop(bench, keepSeat({ ...gateway, warmUp, log }, label), {
        ...load,
        ...(cost.headers === undefined ? {} : { headers: cost.headers }),
      })
      return {
        label,
        warmUp,
        run: (seconds) => loop.run(seconds),
        enter: async () => {
          await switchTo(gateway, variant(label, defaults))
          await loop.run(1)
        },
      }
    }
    const found: { cost: PolicyCost; ratio: Estimate }[] = []
    const rows: Row[] = []
    for (const cost of chosen) {
      const { ratios, rows: measured } = await compare(bench, contestant(cost, `with ${cost.name}`, cost.with), [
        contestant(cost, `without ${cost.name}`, cost.without),
      ])
      warmUp = 1
      const [ratio] = ratios
      if (ratio !== undefined) found.push({ cost, ratio })
      rows.push(...measured)
      // Written after each, so that what fails later loses nothing.
      if (bench.quotable)
        writeCostsPage(
          found,
          policyCosts.map(({ name }) => name),
        )
    }
    return {
      rows,
      checks: found.map(({ cost, ratio }) => ({
        what: `CPU per request with \`${cost.name}\` ÷ without`,
        value: ratio,
        unit: '×',
        limit: undefined,
      })),
      notes: [],
    }
  },
}
