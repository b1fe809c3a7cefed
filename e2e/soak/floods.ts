import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attacks, keepAttacking } from './attackers.ts'
import { memoryOf, startGateway, type Gateway } from './gateway-process.ts'
import type { Soak } from './soak.ts'
import { steadyClients, type ClientTally } from './steady-clients.ts'

/** ms of each flood at full length. */
const fullLength = 60_000
const rate = 200

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const problemsOf = (tally: ClientTally): string[] => [
  ...(tally.sent < 10 ? [`only ${tally.sent} requests were sent`] : []),
  ...(tally.answered < tally.sent ? [`${tally.sent - tally.answered} of ${tally.sent} requests got no answer`] : []),
  ...(tally.refused.size > 0 ? [`answers were ${[...tally.refused.keys()].join(', ')}`] : []),
  ...(tally.unopened.length > 0 ? [`${tally.unopened.length} connections could not be opened`] : []),
]

/** Honest clients while each flood goes on in turn: every one of their requests is answered. */
const underFloods = async (gateway: Gateway, length: number, say: (line: string) => void): Promise<string[]> => {
  const wrong: string[] = []
  const pid = gateway.child.pid ?? 0
  const before = memoryOf(pid)
  for (const attack of attacks) {
    const attackers = keepAttacking(attack, gateway.port)
    const clients = steadyClients(gateway.port, '/app/honest', rate, 16)
    // oxlint-disable-next-line no-await-in-loop -- one flood at a time
    await pause(length)
    // oxlint-disable-next-line no-await-in-loop -- as above
    await clients.stop()
    attackers.stop()
    const problems = problemsOf(clients.tally)
    say(
      `${attack.name}: ${clients.tally.answered} of ${clients.tally.sent} honest requests answered, ${memoryOf(pid).toFixed(0)} MB`,
    )
    wrong.push(...problems.map((problem) => `${attack.name}: ${problem}`))
    if (gateway.ended()) return [...wrong, `${attack.name}: the gateway ended`]
  }
  // What the floods left is given back: connections closed, buffers collected.
  await pause(Math.min(15_000, length))
  const after = memoryOf(pid)
  say(`memory ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after`)
  if (after > before + 150) wrong.push(`memory grew from ${before.toFixed(0)} to ${after.toFixed(0)} MB`)
  return wrong
}

/** Every kind of abuse in turn, with honest clients beside it. */
export const floods: Soak = {
  name: 'floods',
  says: `honest clients beside ${attacks.length} kinds of abuse`,
  async run(share, say) {
    const target = createServer((request, response) => {
      request.resume()
      response.end('{"ok":true}')
    })
    target.keepAliveTimeout = 60_000
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
    const folder = mkdtempSync(join(tmpdir(), 'gwanmun-soak-'))
    writeFileSync(
      join(folder, 'gateway.yaml'),
      `listeners: { main: { port: 0, host: 127.0.0.1, timeouts: { headers: 5s, body: 5s, keepAlive: 10s } } }
services: { app: http://127.0.0.1:${(target.address() as AddressInfo).port} }
routes: { app: { path: /app/*, service: app } }
`,
    )
    const gateway = await startGateway(folder)
    try {
      const wrong = await underFloods(gateway, Math.max(1500, fullLength * share * 0.5), say)
      if (wrong.length > 0) throw new Error(`${wrong.join('; ')}\n${gateway.lines()}`)
      return []
    } finally {
      gateway.child.removeAllListeners('exit')
      gateway.child.kill('SIGKILL')
      target.closeAllConnections()
      target.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
