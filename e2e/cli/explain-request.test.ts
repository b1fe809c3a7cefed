import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { PastRequest } from '../../src/contract/past-request.ts'
import { command, echoService, folder, startGateway } from './command.ts'

const fileOf = (url: string, more = ''): string => `listeners: { main: { port: 0, host: 127.0.0.1 } }
services: { shop: '${url}', gone: 'http://127.0.0.1:9' }
routes:
  orders: { path: /orders/*, service: shop }
  gone: { path: /gone/*, service: gone }
  quiet: { path: /quiet, respond: ok, log: none }
  staff: { path: /staff, respond: ok, deny: [127.0.0.0/8] }
${more}`

/** Asks, and gives the id of the request. */
const requested = async (url: string, headers: Record<string, string> = {}): Promise<string> => {
  const answer = await fetch(url, { headers })
  await answer.arrayBuffer()
  return answer.headers.get('x-request-id') ?? ''
}
/** The record leaves its worker after the answer, so it is asked for until it is there. */
const kept = async (admin: string, id: string): Promise<PastRequest> => {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asked until it is there
    const answer = await fetch(`${admin}/v1/requests/${encodeURIComponent(id)}`)
    // oxlint-disable-next-line no-await-in-loop -- as above
    const body = (await answer.json()) as PastRequest
    if (answer.status === 200) return body
    assert.equal((body as unknown as { readonly code: string }).code, 'GW4043')
    // oxlint-disable-next-line no-await-in-loop -- as above
    await pause(20)
  }
}
const codeOf = async (admin: string, id: string): Promise<string> =>
  ((await (await fetch(`${admin}/v1/requests/${id}`)).json()) as { readonly code: string }).code

test('explain --request tells a past request for people and as JSON, with the masks of the access log', async (t) => {
  const service = await echoService(t, 'shop')
  const cwd = folder(t, { 'gateway.yaml': fileOf(service.url) })
  const gateway = await startGateway(t, join(cwd, 'gateway.yaml'), { cwd })
  const run = (...args: string[]): ReturnType<typeof command> =>
    command(['explain', ...args, '--admin', gateway.admin], { cwd })

  const failed = await requested(`${gateway.url}/gone/1?token=s3cret&page=2`, { 'user-agent': 'probe/1' })
  await kept(gateway.admin, failed)
  const people = await run('--request', failed)
  assert.equal(people.code, 0, people.stderr)
  assert.match(people.stdout, /^Request {2}GET {2}\/gone\/1\?token=\*\*\*&page=2 {2}127\.0\.0\.1 {2}HTTP\/1\.1$/m)
  assert.match(people.stdout, /^Route {4}gone {2}listener main$/m)
  assert.match(people.stdout, /^Service {2}gone {2}at http:\/\/127\.0\.0\.1:9 {2}\d+ attempts?$/m)
  assert.match(people.stdout, /^Answer {3}502 GW5021 made by the gateway$/m)
  assert.match(people.stdout, /^Timing {3}[\d.]+ ms in all {2}[\d.]+ ms of them for the service$/m)
  assert.match(people.stdout, /^Fix {6}\S/m)
  assert.match(people.stdout, /^Today {4}the same request, without .*masked values of the query/m)
  assert.match(people.stdout, /^Result {3}asks gone at http:\/\/127\.0\.0\.1:9 /m)
  assert.ok(!people.stdout.includes('s3cret'))

  const machine = await run('--request', failed, '--json')
  assert.ok(!machine.stdout.includes('s3cret'))
  const past = JSON.parse(machine.stdout) as PastRequest
  assert.deepEqual(Object.keys(past).sort(), ['asked', 'missing', 'reason', 'record', 'today'])
  assert.deepEqual([past.record.id, past.record.status, past.reason?.code], [failed, 502, 'GW5021'])
  assert.deepEqual(past.asked?.headers, ['Host', '127.0.0.1', 'User-Agent', 'probe/1'])
  assert.equal(past.today?.route, 'gone')

  const served = await requested(`${gateway.url}/orders/1`)
  const { record, reason, today } = await kept(gateway.admin, served)
  assert.deepEqual([record.status, record.source, record.service, reason], [200, 'service', 'shop', undefined])
  assert.deepEqual([today?.route, today?.source], ['orders', 'service'])
})

test('today is the configuration of today: a route that was closed since', async (t) => {
  const service = await echoService(t, 'shop')
  const cwd = folder(t, { 'gateway.yaml': fileOf(service.url) })
  const file = join(cwd, 'gateway.yaml')
  const gateway = await startGateway(t, file, { cwd })
  const id = await requested(`${gateway.url}/staff`)
  const before = await kept(gateway.admin, id)
  assert.deepEqual([before.record.status, before.today?.status], [403, 403])
  writeFileSync(file, fileOf(service.url).replace(', deny: [127.0.0.0/8]', ''))
  assert.equal((await command(['reload', '--admin', gateway.admin], { cwd })).code, 0)
  const after = await kept(gateway.admin, id)
  assert.deepEqual([after.record.status, after.today?.status], [403, 200])
})

test('what the access log leaves out is not kept; what was refused before it was understood is, without today', async (t) => {
  const service = await echoService(t, 'shop')
  const cwd = folder(t, { 'gateway.yaml': fileOf(service.url) })
  const gateway = await startGateway(t, join(cwd, 'gateway.yaml'), { cwd })
  const quiet = await requested(`${gateway.url}/quiet`)
  await kept(gateway.admin, await requested(`${gateway.url}/orders/1`))
  assert.equal(await codeOf(gateway.admin, quiet), 'GW4043')
  const unknown = await command(['explain', '--request', quiet, '--admin', gateway.admin], { cwd })
  assert.equal(unknown.code, 1)
  assert.match(unknown.stderr, /GW4043/)

  const bytes = await new Promise<string>((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
    socket.on('error', reject)
    socket.on('end', () => resolve(text))
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')
  })
  const refused = await kept(gateway.admin, /x-request-id: (\S+)/i.exec(bytes)?.[1] ?? '')
  assert.deepEqual([refused.record.status, refused.reason?.code, refused.today], [400, 'GW4002', undefined])
  const told = await command(['explain', '--request', refused.record.id ?? '', '--admin', gateway.admin], { cwd })
  assert.equal(told.code, 0, told.stderr)
  assert.match(told.stdout, /^Today {4}cannot be told without method and path/m)
})

test('with no sink there is nothing to keep', async (t) => {
  const service = await echoService(t, 'shop')
  const more = 'telemetry: { logs: { stdout: none } }\n'
  const cwd = folder(t, { 'gateway.yaml': fileOf(service.url, more) })
  const gateway = await startGateway(t, join(cwd, 'gateway.yaml'), { cwd })
  const ids = [await requested(`${gateway.url}/orders/1`), await requested(`${gateway.url}/nowhere`)]
  // Longer than a record takes to come, were there one: control empties the rings at each question.
  await pause(300)
  for (const id of ids) {
    // oxlint-disable-next-line no-await-in-loop -- one question at a time
    assert.equal(await codeOf(gateway.admin, id), 'GW4043')
  }
})

test('--request stands alone, and wants a gateway', async (t) => {
  const cwd = folder(t)
  for (const more of [
    ['GET', '/orders/1'],
    ['-H', 'A: b'],
    ['-d', 'x'],
    ['--from', '127.0.0.1'],
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one process at a time
    const { code, stderr } = await command(['explain', '--request', 'req_1', ...more], { cwd })
    assert.equal(code, 2, stderr)
  }
  const none = await command(['explain', '--request', 'req_1', '--admin', 'http://127.0.0.1:9'], { cwd })
  assert.equal(none.code, 5)
  const bare = await command(['explain'], { cwd })
  assert.equal(bare.code, 2)
})
