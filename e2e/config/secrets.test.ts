import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { command, echoService, folder, startGateway } from '../cli/command.ts'

const ofEnvironment = 'hush-environment-0123456789'
const ofFile = 'hush-file-0123456789'
const ofDotEnv = 'hush-dotenv-0123456789'
const literal = 'hush-literal-0123456789'
const hush = /hush-/

const configOf = (target: string): string => `listeners: { main: { port: 0, host: 127.0.0.1 } }
services: { app: { targets: ['${target}'] } }
defaults: { headers: { request: { set: { X-Env: '\${FROM_ENVIRONMENT}' } } } }
policies: { signed: { headers: { request: { set: { X-Api-Key: ${literal} } } } } }
routes:
  one:
    path: /one
    service: app
    policies: signed
    headers: { request: { set: { Authorization: 'Bearer ${literal}', X-File: '\${file:./secret}', X-Dot: '\${FROM_DOTENV}', X-Default: '\${OTHER_TOKEN:-${literal}}' }, replace: { X-Auth-Token: { find: old, with: ${literal} } } } }
  off: { path: /off, service: app, websocket: none, match: { headers: { X-Secret: ${literal} } } }
  two: { path: /two, respond: { body: { token: ${literal}, other: '\${FROM_ENVIRONMENT}' } } }
admin:
  port: 0
  tokens: { ci: ${literal}, env: { token: '\${FROM_ENVIRONMENT}', scopes: [admin] }, file: { token: '\${file:./secret}', scopes: [read] } }
`

test('11.17 secrets of the environment, of files and of the configuration itself show nowhere', async (t) => {
  const app = await echoService(t, 'app')
  const config = configOf(app.url)
  const cwd = folder(t, { 'gateway.yaml': config, secret: `${ofFile}\n`, '.env': `FROM_DOTENV=${ofDotEnv}\n` })
  const file = join(cwd, 'gateway.yaml')
  const env = { FROM_ENVIRONMENT: ofEnvironment }
  const quiet = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await command(args, { cwd, env })
    assert.doesNotMatch(stdout + stderr, hush, args.join(' '))
    return stdout
  }

  await t.test('config print and config get', async () => {
    for (const format of ['yaml', 'ts', 'json']) {
      // oxlint-disable-next-line no-await-in-loop -- one process at a time
      const text = await quiet('config', 'print', '--format', format)
      for (const kept of ['${FROM_ENVIRONMENT}', '${file:./secret}', '${FROM_DOTENV}', '***'])
        assert.ok(text.includes(kept), `${kept} in ${format}`)
    }
    assert.match(await quiet('config', 'print'), /websocket: none/)
    assert.match(await quiet('config', 'get', 'routes.one'), /X-File .*\$\{file:\.\/secret\}/)
    assert.match(await quiet('config', 'get', 'admin.tokens', '--json'), /\*\*\*/)
  })

  await t.test('diagnostics', async () => {
    const broken = config
      .replace('websocket: none', 'websockt: none')
      .replace('{ request: { set: { Auth', '{ reqest: { set: { Auth')
      .replace("X-Env: '", "X-Env: '{nothing.such}")
      .replace('scopes: [read]', 'scopes: [raed]')
      .replace('service: app, websockt', "service: '${FROM_ENVIRONMENT}', websockt")
    writeFileSync(file, broken)
    for (const format of [[], ['--json'], ['--format', 'sarif'], ['--format', 'github']]) {
      // oxlint-disable-next-line no-await-in-loop -- one process at a time
      assert.match(await quiet('check', ...format), /GW1/)
    }
    await quiet('config', 'print')
    writeFileSync(file, config)
  })

  await t.test('GET /v1/config and the log', async () => {
    const gateway = await startGateway(t, file, { cwd, env })
    const got = (await (await fetch(`${gateway.url}/one`)).json()) as { headers: Record<string, string> }
    assert.deepEqual(
      [got.headers['authorization'], got.headers['x-file'], got.headers['x-dot'], got.headers['x-env']],
      [`Bearer ${literal}`, ofFile, ofDotEnv, ofEnvironment],
    )
    const admin = async (path: string, method = 'GET'): Promise<{ status: number; text: string }> => {
      const response = await fetch(`${gateway.admin}${path}`, {
        method,
        headers: { authorization: `Bearer ${ofEnvironment}`, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: '{}' }),
      })
      const text = await response.text()
      assert.doesNotMatch(text, hush, path)
      return { status: response.status, text }
    }
    const shown = async (): Promise<{ config: Record<string, unknown>; origins: Record<string, string> }> => {
      const { status, text } = await admin('/v1/config?origin=true')
      assert.equal(status, 200, text)
      return JSON.parse(text) as { config: Record<string, unknown>; origins: Record<string, string> }
    }
    const { config: all, origins } = await shown()
    assert.deepEqual(JSON.parse((await admin('/v1/config')).text), all)
    const { one, off } = all['routes'] as Record<string, Record<string, unknown>>
    assert.deepEqual(one?.['headers'], {
      request: {
        set: {
          'X-Api-Key': '***',
          'X-Env': '${FROM_ENVIRONMENT}',
          Authorization: '***',
          'X-File': '${file:./secret}',
          'X-Dot': '${FROM_DOTENV}',
          'X-Default': '${OTHER_TOKEN}',
        },
        replace: { 'X-Auth-Token': { find: 'old', with: '***' } },
      },
    })
    assert.equal(off?.['websocket'], 'none')
    assert.equal(origins['routes.one.headers.request.set.X-Env'], 'gateway.yaml:3')
    assert.equal(origins['routes.one.bodyLimit'], 'built in')
    assert.deepEqual([origins['listeners.main.port'], origins['admin.port']], ['--port', '--admin-port'])

    // A file that is refused changes nothing of what runs, nor of what is shown.
    writeFileSync(file, config.replace('X-File:', 'X-Fil\u0000e:'))
    assert.equal((await admin('/v1/reload', 'POST')).status, 422)
    assert.deepEqual((await shown()).config, all)
    await admin('/v1/info')
    writeFileSync(file, config.replace('path: /two', 'path: /three'))
    assert.equal((await admin('/v1/reload', 'POST')).status, 200)
    const { two } = (await shown()).config['routes'] as Record<string, { path: unknown }>
    assert.deepEqual(two?.path, ['/three'])

    await gateway.end('SIGTERM')
    assert.match(gateway.stdout(), /\/one/)
    assert.doesNotMatch(gateway.stdout() + gateway.stderr(), hush)
  })
})
