import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { choosePort } from './choose-port.ts'
import { exit, Stop } from './exit.ts'
import { createTerminal, type Output } from './terminal.ts'
import { Writable } from 'node:stream'

const recorder = (): { terminal: ReturnType<typeof createTerminal>; said: () => string } => {
  let said = ''
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      said += chunk.toString()
      done()
    },
  }) as Output
  const source = { env: { LANG: 'C.UTF-8' }, stdout: stream, stderr: stream, stdinIsTty: false, platform: 'linux' }
  return { terminal: createTerminal(source, { noColor: true, quiet: false, noInput: true }), said: () => said }
}

const host = '127.0.0.1'

test('the usual port gives way to the next free one and says who has it; a given one ends with exit code 6', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const { terminal, said } = recorder()
  const chosen = await choosePort(
    { name: 'The gateway', given: undefined, usual: port, host, flag: '--port' },
    terminal,
  )
  assert.ok(chosen > port)
  assert.match(
    said(),
    new RegExp(`GW6001 port ${port} is used by another process\\. The gateway takes ${chosen} instead`),
  )
  await assert.rejects(
    choosePort({ name: 'The gateway', given: port, usual: 1, host, flag: '--port' }, terminal),
    (error) => {
      assert.ok(error instanceof Stop)
      assert.equal(error.code, exit.bind)
      assert.match(error.hint ?? '', /Use --port \d+/)
      return true
    },
  )
})

test('a free port is taken as it is, and 0 is left to the system', async () => {
  const { terminal, said } = recorder()
  assert.equal(await choosePort({ name: 'x', given: 0, usual: 1, host, flag: '--port' }, terminal), 0)
  await assert.rejects(
    choosePort({ name: 'x', given: 65_000, usual: 1, host: '203.0.113.1', flag: '--port' }, terminal),
    /GW6006/,
  )
  assert.equal(said(), '')
})
