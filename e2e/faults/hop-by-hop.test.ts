import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { chunked, get, message } from '../support/message.ts'
import { each, Rig } from '../support/rig.ts'
import { answerBytes, answerWith } from '../support/target.ts'

describe('fields that belong to one connection', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start((url) => ({
      services: { target: { targets: [url], healthCheck: { passive: 'none' } } },
      routes: { all: { path: '/*', service: 'target', headers: { request: { set: { 'X-Set': 'by the gateway' } } } } },
    }))
  })
  after(() => rig.close())

  test('1.36 Connection removes only what the client sent, never what the gateway adds', async () => {
    const options = [
      'close, X-Consumer-Id, X-Forwarded-For, Authorization',
      'X-Forwarded-Proto, x-forwarded-host',
      'Via, X-Request-Id',
      'traceparent, x-set',
      'Host, Content-Length',
      'X-FORWARDED-FOR , VIA',
      'keep-alive, X-Forwarded-Port',
    ]
    await each(
      options.map((name) => ({ name })),
      async ({ name }) => {
        rig.target.calm()
        const response = await rig.ask(get(`Connection: ${name}`, 'X-Set: by the client'))
        assert.equal(response.status, 200)
        assert.deepEqual(rig.target.violations, [])
        const request = rig.target.only
        assert.equal(request.header('x-forwarded-for'), '127.0.0.1')
        assert.equal(request.header('x-forwarded-proto'), 'http')
        assert.equal(request.header('x-forwarded-host'), 'a.test')
        assert.match(request.header('x-forwarded-port') ?? '', /^\d+$/)
        assert.match(request.header('via') ?? '', /1\.1 /)
        assert.ok((request.header('x-request-id') ?? '').length > 0)
        assert.match(request.header('traceparent') ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
        assert.equal(request.header('x-set'), 'by the gateway')
        await rig.canary()
      },
    )
  })

  test('1.36 a field named by Connection is not forwarded, in any case of letters', async () => {
    await rig.passes(
      'named',
      get('Connection: X-Hop, x-other', 'Connection: third', 'x-hop: 1', 'X-OTHER: 2', 'Third: 3', 'X-Stay: 4'),
      ({ target }) => {
        for (const name of ['x-hop', 'x-other', 'third']) assert.equal(target.only.header(name), undefined, name)
        assert.equal(target.only.header('x-stay'), '4')
      },
    )
  })

  test('1.36 a Connection field that is no list of tokens is 400', async () => {
    for (const value of ['a b', 'close; x', '"close"', 'a/b', 'x=y', '\xe9'])
      await rig.refuses({ name: value, bytes: get(`Connection: ${value}`), status: [400] })
  })

  test('1.37 hop-by-hop fields of a request are stripped', async () => {
    const fields = [
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'TE: gzip',
      'Proxy-Authorization: Basic eDp5',
      'Proxy-Authenticate: Basic',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
    ]
    await rig.passes('all', get(...fields), ({ target }) => {
      for (const field of fields) assert.equal(target.only.header(field.split(':')[0] as string), undefined, field)
    })
  })

  test('1.37 an upgrade to h2c is not passed on', async () => {
    for (const fields of [
      ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
      ['Connection: Upgrade', 'Upgrade: h2c'],
      ['Upgrade: h2c'],
      ['Connection: Upgrade', 'Upgrade: TLS/1.0'],
      ['Connection: Upgrade', 'Upgrade: foo/2, h2c'],
    ]) {
      rig.target.calm()
      const response = await rig.ask(get(...fields))
      assert.ok([200, 400, 501].includes(response.status), `${fields.join()}: ${response.status}`)
      for (const request of rig.target.requests)
        for (const name of ['upgrade', 'http2-settings', 'connection'])
          assert.doesNotMatch(request.header(name) ?? '', /upgrade|h2c|TLS|AAM/i, `${name} in ${fields.join()}`)
      await rig.canary()
    }
  })

  test('1.37 hop-by-hop fields of an answer are stripped', async () => {
    rig.target.calm()
    rig.target.answer = answerWith(200, [
      ['Connection', 'keep-alive, X-Hop'], ['Keep-Alive', 'timeout=5'], ['X-Hop', '1'], ['Proxy-Connection', 'keep-alive'], ['Proxy-Authenticate', 'Basic'], ['Upgrade', 'h2c'], ['TE', 'trailers'], ['X-Stay', '2'],
      ['Server', 'Secret/1.2.3'], ['X-Powered-By', 'Secret'],
    ]) // prettier-ignore
    const response = await rig.ask(get())
    for (const name of ['connection', 'keep-alive', 'x-hop', 'proxy-connection', 'upgrade', 'te', 'x-powered-by'])
      assert.equal(response.header(name), undefined, name)
    assert.doesNotMatch(response.header('server') ?? '', /Secret/)
    assert.equal(response.header('x-stay'), '2')
    await rig.canary()
  })

  test('1.37 TE: trailers of a client lets trailers of the answer through, and its absence does not', async () => {
    rig.target.calm()
    rig.target.answer = answerBytes(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\nX-Consumer-Id: x\r\n\r\n',
    )
    const asked = await rig.ask(get('TE: trailers', 'Connection: TE'))
    assert.deepEqual(
      asked.trailers.map(([name, value]) => [name.toLowerCase(), value]),
      [['x-sum', '7']],
    )
    const plain = await rig.ask(get())
    assert.equal(plain.text, 'ok')
    assert.deepEqual(plain.trailers, [])
    await rig.canary()
  })

  test('1.38 an upgrade request with a body is 400 and nothing of it reaches the target', async () => {
    const upgrade = [
      'GET /ws HTTP/1.1',
      'Host: a.test',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    await rig.refuses({ name: 'length', bytes: message([...upgrade, 'Content-Length: 5'], 'hello'), status: [400] })
    await rig.refuses({
      name: 'chunked',
      bytes: message([...upgrade, 'Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'),
      status: [400],
    })
    await rig.refuses({ name: 'length, late body', bytes: message([...upgrade, 'Content-Length: 5']), status: [400] })
    await rig.refuses({
      name: 'POST',
      bytes: message(['POST /ws HTTP/1.1', ...upgrade.slice(1), 'Content-Length: 5'], 'hello'),
      status: [400],
    })
  })

  test('11.21 a Proxy field (httpoxy) is stripped', async () => {
    for (const name of ['Proxy', 'proxy', 'PROXY'])
      await rig.passes(name, get(`${name}: http://evil.test:3128`), ({ target }) =>
        assert.equal(target.only.header('proxy'), undefined),
      )
  })

  test('1.19 request trailers that are plain are relayed when the target may get them', async () => {
    await rig.passes('trailer', chunked('2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n', 'Trailer: X-Sum'), ({ target }) => {
      assert.equal(target.only.body.toString(), 'ok')
      assert.ok(target.only.trailers.every(([name]) => name.toLowerCase() === 'x-sum'))
      assert.equal(target.only.header('x-sum'), undefined)
    })
  })
})
