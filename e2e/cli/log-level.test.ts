import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { command, folder, running, startGateway, type StartedGateway } from './command.ts'

const listener = 'listeners: { main: { port: 0, host: 127.0.0.1 } }\n'
const file = `${listener}drain: { delay: 0s, timeout: 1s }
routes:
  hello: { path: /hello, respond: hi }
`
const unused = `${file}services: { spare: 'http://127.0.0.1:9' }\n`

/** Levels and messages of the JSON lines that are no access records. */
const logOf = (gateway: StartedGateway): string[] =>
  gateway
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"msg":'))
    .map((line) => JSON.parse(line) as { level: string; msg: string })
    .map(({ level, msg }) => `${level} ${msg}`)

/** A start, a request, a reload that finds something new, one that is refused, and the end. */
const life = async (t: TestContext, text: string, args: readonly string[]): Promise<string[]> => {
  const cwd = folder(t, { 'gateway.yaml': text })
  const path = join(cwd, 'gateway.yaml')
  const gateway = await startGateway(t, path, { cwd, args })
  assert.equal((await fetch(`${gateway.url}/hello`)).status, 200)
  await gateway.seen(/"path":"\/hello"/)
  writeFileSync(
    path,
    `${readFileSync(path, 'utf8')}  more: { path: /more, respond: hi }\n`.replace(/^services.*\n/m, ''),
  )
  assert.equal((await command(['reload', '--admin', gateway.admin], { cwd })).code, 0)
  writeFileSync(path, 'routes: { a: { path: /a } }\n')
  assert.equal((await command(['reload', '--admin', gateway.admin], { cwd })).code, 3)
  await gateway.seen(/reload refused/)
  assert.equal(await gateway.end(), 0)
  return logOf(gateway)
}

test('start without --log-level tells info and above', async (t) => {
  const log = await life(t, file, [])
  for (const line of ['info ready', 'info reloaded', 'info draining', 'info stopped'])
    assert.ok(log.includes(line), line)
})

test('--log-level error leaves errors and the line that says ready; requests are logged as ever', async (t) => {
  const log = await life(t, unused, ['--log-level', 'error'])
  assert.ok(log.includes('error reload refused, the running configuration stays'))
  assert.deepEqual(
    log.filter((line) => !line.startsWith('error ')),
    ['info ready'],
  )
})

test('telemetry.level of the file does the same, and the flag wins over it', async (t) => {
  const quiet = file.replace('routes:', 'telemetry: { level: error }\nroutes:')
  const log = await life(t, quiet, [])
  assert.deepEqual(
    log.filter((line) => !line.startsWith('error ')),
    ['info ready'],
  )
  assert.ok((await life(t, quiet, ['--log-level', 'info'])).includes('info reloaded'))
})

test('the admin API shows the level that holds and who said so', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': file })
  const gateway = await startGateway(t, join(cwd, 'gateway.yaml'), { cwd, env: { GWANMUN_LOG_LEVEL: 'warn' } })
  const shown = (await (await fetch(`${gateway.admin}/v1/config?origin=true`)).json()) as {
    config: { telemetry: { level: string } }
    origins: Record<string, string>
  }
  assert.equal(shown.config.telemetry.level, 'warn')
  assert.equal(shown.origins['telemetry.level'], '--log-level')
})

test('dev tells events at --log-level only, and still prints its banner', async (t) => {
  for (const [level, tells] of [
    ['info', true],
    ['error', false],
  ] as const) {
    const cwd = folder(t, { 'gateway.yaml': file })
    const path = join(cwd, 'gateway.yaml')
    const dev = running(t, ['dev', '--admin-port', '0', '--log-level', level], { cwd })
    // oxlint-disable-next-line no-await-in-loop -- one gateway at a time
    await dev.seen(/ready in/)
    writeFileSync(path, `${file}  more: { path: /more, respond: hi }\n`)
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (tells) await dev.seen(/reloaded: 2 routes/)
    writeFileSync(path, 'routes: { a: { path: /a } }\n')
    // oxlint-disable-next-line no-await-in-loop -- as above
    await dev.seen(/not taken/)
    assert.equal(/reloaded:/.test(dev.stderr()), tells, dev.stderr())
    // oxlint-disable-next-line no-await-in-loop -- as above
    await dev.end('SIGINT')
  }
})

test('an unknown level is wrong usage, on the command line and in the environment', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': file })
  const flag = await command(['start', '--log-level', 'loud'], { cwd })
  assert.equal(flag.code, 2)
  assert.match(flag.stderr, /error, warn, info, debug/)
  const twin = await command(['start'], { cwd, env: { GWANMUN_LOG_LEVEL: 'loud' } })
  assert.equal(twin.code, 2)
  assert.match(twin.stderr, /GWANMUN_LOG_LEVEL is "loud"; write one of error, warn, info, debug/)
})
