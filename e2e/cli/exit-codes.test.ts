import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { command, folder, running, type Surroundings } from './command.ts'

const good = 'services:\n  a: http://127.0.0.1:9\nroutes:\n  a: { path: /a/*, service: a }\n'
const bad = 'routes:\n  a: { path: /a/*, service: b }\n'
const warned = `services:\n  a: http://127.0.0.1:9\n  spare: http://127.0.0.1:9\nroutes:\n  a: { path: /a/*, service: a }\n`
const nobody = ['--admin', 'http://127.0.0.1:1']

/** Command line, files of its folder, exit code, and a word that must be said. */
const table: readonly (readonly [
  args: readonly string[],
  files: Readonly<Record<string, string>>,
  code: number,
  said: RegExp,
  env?: Surroundings['env'],
])[] = [
  [['version'], {}, 0, /gwanmun \d/],
  [['--version'], {}, 0, /^\d+\.\d+\.\d+/],
  [['--help'], {}, 0, /Exit codes/],
  [['help', 'check'], {}, 0, /--strict/],
  [[], {}, 0, /gwanmun demo/],
  [['docs', 'GW1201'], {}, 0, /How to fix/],
  [['check'], { 'gateway.yaml': good }, 0, /is valid: 1 route, 1 service/],
  [['validate'], { 'gateway.yaml': good }, 0, /is valid/],
  [['check'], { 'gateway.yaml': warned }, 0, /GW2001/],
  [['routes'], { 'gateway.yaml': good }, 0, /gateway\.yaml:4/],
  [['config', 'get', 'routes.a.service'], { 'gateway.yaml': good }, 0, /^a$/m],
  [['explain', 'GET', '/a/1', ...nobody, '-c', 'gateway.yaml'], { 'gateway.yaml': good }, 5, /no gateway answers/],
  [['explain', 'GET', '/a/1', '-c', 'gateway.yaml'], { 'gateway.yaml': good }, 0, /Nothing was sent/],
  [['config', 'get', 'routes.a.nothing'], { 'gateway.yaml': good }, 1, /nothing is set/],
  [['init'], { 'gateway.yaml': good }, 1, /there already/],
  [['bench', '/', '-d', '100ms', '--url', 'http://127.0.0.1:1', ...nobody], {}, 1, /nothing answers/],
  [['chekc'], {}, 2, /Did you mean check/],
  [['check', '--srtict'], {}, 2, /Did you mean --strict/],
  [['check', '--format', 'xml'], {}, 2, /pretty, json, github, sarif/],
  [['check'], {}, 2, /GWANMUN_FORMAT/, { GWANMUN_FORMAT: 'xml' }],
  [['start', '--port', 'x'], {}, 2, /whole number/],
  [['start', '--workers', '0'], { 'gateway.yaml': good }, 2, /auto or a number/],
  [['explain'], {}, 2, /explain wants a request/],
  [['explain', 'GET', 'orders'], { 'gateway.yaml': good }, 2, /Write \/orders/],
  [['proxy', '/api'], {}, 2, /names no target/],
  [['config', 'prnt'], { 'gateway.yaml': good }, 2, /Did you mean gwanmun config print/],
  [['docs', 'GW1210'], {}, 2, /Did you mean/],
  [['init', '--template', 'bascic'], {}, 2, /Did you mean basic/],
  [['bench', 'orders'], {}, 2, /Write \/orders/],
  [['check'], { 'gateway.yaml': bad }, 3, /GW1201/],
  [['check'], {}, 3, /GW1005/],
  [['check', 'nothing.yaml'], {}, 3, /GW1003/],
  [['routes'], { 'gateway.yaml': bad }, 3, /GW1201/],
  [['config', 'print'], { 'gateway.yaml': bad }, 3, /GW1201/],
  [['start'], { 'gateway.yaml': bad }, 3, /GW1201/],
  [['dev'], { 'gateway.yaml': bad }, 3, /GW1201/],
  [['check', '--strict'], { 'gateway.yaml': warned }, 4, /GW2001/],
  [['status', ...nobody], {}, 5, /no gateway answers/],
  [['reload', ...nobody], {}, 5, /no gateway answers/],
]

for (const [args, files, code, said, env] of table) {
  const where =
    Object.keys(files).length === 0
      ? 'an empty folder'
      : files['gateway.yaml'] === good
        ? 'a good configuration'
        : files['gateway.yaml'] === bad
          ? 'a bad configuration'
          : 'a configuration with a warning'
  test(`exit code ${code}: gwanmun ${args.join(' ')} in ${where}${env === undefined ? '' : ` with ${Object.keys(env).join()}`}`, async (t) => {
    const result = await command(args, { cwd: folder(t, files), ...(env === undefined ? {} : { env }) })
    assert.equal(result.code, code, `${result.stdout}\n${result.stderr}`)
    assert.match(`${result.stdout}\n${result.stderr}`, said)
    assert.doesNotMatch(`${result.stdout}\n${result.stderr}`, /^\s+at /m, 'a mistake of the user prints no stack')
  })
}

for (const verb of ['routes', 'dev', 'start', 'config print', 'explain /']) {
  test(`without a configuration gwanmun ${verb} says so once, and of no errors`, async (t) => {
    const { code, stdout, stderr } = await command(verb.split(' '), { cwd: folder(t) })
    assert.equal(code, 3)
    const said = stdout + stderr
    assert.equal(said.match(/GW1005/g)?.length, 1, said)
    assert.match(said, /there is no gateway\.yaml/)
    assert.doesNotMatch(stderr, /has errors|gwanmun check/)
  })
}

const hold = async (t: { after(f: () => void): void }): Promise<number> => {
  const server = createServer((_, response) => response.end('someone else'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

for (const verb of ['start', 'dev', 'demo', 'proxy'] as const) {
  test(`exit code 6: gwanmun ${verb} on a port that someone has says who, and which one is free`, async (t) => {
    const port = await hold(t)
    const cwd = folder(t, { 'gateway.yaml': `listeners: { main: { port: 1, host: 127.0.0.1 } }\n${good}` })
    const words = verb === 'proxy' ? ['http://127.0.0.1:9'] : []
    const result = await command([verb, ...words, '--port', String(port), '--admin-port', '0'], { cwd })
    assert.equal(result.code, 6, `${result.stdout}\n${result.stderr}`)
    const said = `${result.stdout}\n${result.stderr}`
    assert.match(said, /GW6001/)
    assert.match(said, new RegExp(`pid ${process.pid}`))
    assert.match(said, /--port \d+/)
  })
}

test('exit code 7: a threshold of bench that is missed', async (t) => {
  const port = await hold(t)
  const result = await command(
    ['bench', '/', '-c', '2', '-d', '200ms', '--url', `http://127.0.0.1:${port}`, '--max-p99', '0.001ms', ...nobody],
    { cwd: folder(t) },
  )
  assert.equal(result.code, 7, `${result.stdout}\n${result.stderr}`)
  assert.match(result.stdout, /gateway +\d+/)
  assert.match(result.stderr, /p99 is .* were allowed/)
})

test('exit code 130: Ctrl-C ends dev; SIGTERM ends start with 0', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': `listeners: { main: { port: 0, host: 127.0.0.1 } }\n${good}` })
  const dev = running(t, ['dev', '--admin-port', '0'], { cwd })
  await dev.seen(/ready in/)
  assert.equal(await dev.end('SIGINT'), 130)
  const start = running(t, ['start', '--admin-port', '0'], {
    cwd: folder(t, {
      'gateway.yaml': `listeners: { main: { port: 0, host: 127.0.0.1 } }\ndrain: { delay: 0s, timeout: 1s }\n${good}`,
    }),
  })
  await start.seen(/"msg":"ready"/)
  assert.equal(await start.end('SIGTERM'), 0)
})
