import { renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './ask.ts'
import { configText, type RunningGateway, type Variant } from './peers/gwanmun.ts'

/**
 * Replaces the config file of a running gateway in one step and waits until requests are answered under the new one,
 * which the bench sees by the body of `/generation`. Returns the ms from the change of the file to that answer.
 */
export async function switchTo(gateway: RunningGateway, variant: Variant, limit = 60_000): Promise<number> {
  const wanted = `generation ${variant.generation ?? '0'}`
  writeFileSync(`${gateway.file}.new`, configText(gateway.place, variant))
  const refusals = (): number => gateway.child.lastWords().split('reload refused').length
  const before = refusals()
  const changed = performance.now()
  renameSync(`${gateway.file}.new`, gateway.file)
  for (;;) {
    const { body } = await ask(gateway.port, '/generation')
    const took = performance.now() - changed
    if (body === wanted) return took
    if (refusals() > before) throw new Error(`The new config is refused:\n${gateway.child.lastWords()}`)
    if (took > limit) throw new Error(`The new config is not live after ${limit} ms:\n${gateway.child.lastWords()}`)
    await sleep(5)
  }
}
