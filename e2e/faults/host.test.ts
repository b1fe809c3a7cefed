import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { message } from '../support/message.ts'
import { assertProblem, each, Rig } from '../support/rig.ts'
import type { Case } from '../support/rig.ts'

const withHost = (...hosts: readonly string[]): string =>
  message(['GET / HTTP/1.1', ...hosts.map((host) => `Host: ${host}`)])

describe('Host and the form of the request target', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start({
      routes: {
        all: { path: '/*', service: 'target', hostHeader: 'preserve' },
        named: {
          host: 'named.test',
          path: '/*',
          service: 'target',
          hostHeader: 'preserve',
          headers: { request: { set: { 'X-Route': 'named' } } },
        },
      },
    })
  })
  after(() => rig.close())
  const refused = (cases: Iterable<Case>): Promise<void> => each(cases, (item) => rig.refuses(item))

  test('1.21 a missing, repeated or malformed Host is 400', async () => {
    const bad = [
      '', ' ', 'a/b', '/a', 'a.test/', 'u@h', 'u:p@h', 'a,b', 'a.test, a.test', 'a b', 'a\tb', 'a.test:99999', 'a.test:65536', 'a.test:-1', 'a.test:8o', 'a.test:80:80', 'a.test: 80', 'a.test :80', ':80', ':',
      '[::1', '::1]', '[gg::1]', '[::1]x', '[]', '[1.2.3.4]', '[::1]:99999', '[:::1]', '[1:2:3:4:5:6:7:8:9]', '::1', 'http://a.test', 'a?b', 'a#b', 'a\\b', 'a"b', 'a<b', 'a>b', 'a^b', 'a`b', 'a{b', 'a|b', 'a}b', 'a%00b', 'a%zz', 'a\x00b', '\xe9.test', '*', 'a..test', '.', '.a.test',
    ] // prettier-ignore
    await refused([
      { name: 'none', bytes: message(['GET / HTTP/1.1']), status: [400] },
      {
        name: 'none, with others',
        bytes: message(['GET / HTTP/1.1', 'X-Host: a.test', 'X-Forwarded-Host: a.test']),
        status: [400],
      },
      { name: 'two', bytes: withHost('a.test', 'b.test'), status: [400] },
      { name: 'the same twice', bytes: withHost('a.test', 'a.test'), status: [400] },
      { name: 'one and an empty one', bytes: withHost('a.test', ''), status: [400] },
      {
        name: 'different case',
        bytes: message(['GET / HTTP/1.1', 'host: a.test', 'X: 1', 'HOST: a.test']),
        status: [400],
      },
      { name: 'too long', bytes: withHost('a'.repeat(300)), status: [400] },
      ...bad.map((host) => ({ name: JSON.stringify(host), bytes: withHost(host), status: [400] })),
    ])
  })

  test('1.21 every valid form of a Host passes', async () => {
    for (const host of [
      'a',
      'A.Test',
      'a.test:8080',
      'a.test.',
      '127.0.0.1',
      '127.0.0.1:80',
      '[::1]',
      '[::1]:8080',
      '[2001:db8::a]',
      '[::ffff:1.2.3.4]',
      'xn--bcher-kva.test',
      'a-b.test',
    ])
      await rig.passes(host, withHost(host))
  })

  test('1.22 the authority of an absolute target wins over Host', async () => {
    await rig.passes('same', message(['GET http://named.test/x HTTP/1.1', 'Host: named.test']), ({ target }) => {
      assert.equal(target.only.target, '/x')
      assert.equal(target.only.header('x-route'), 'named')
    })
    await each(
      ['http://named.test/x', 'http://NAMED.test:80/x', 'HTTP://named.test/x'].map((name) => ({ name })),
      async ({ name }) => {
        rig.target.calm()
        const response = await rig.ask(message([`GET ${name} HTTP/1.1`, 'Host: other.test']))
        if (response.status === 400) return assert.equal(rig.target.received, 0)
        assert.equal(response.status, 200)
        assert.equal(rig.target.only.target, '/x')
        assert.equal(rig.target.only.header('x-route'), 'named', 'routed by the target')
        assert.match(rig.target.only.header('host') ?? '', /^named\.test(:80)?$/i)
      },
    )
    await rig.passes('no path', message(['GET http://named.test HTTP/1.1', 'Host: named.test']), ({ target }) =>
      assert.equal(target.only.target, '/'),
    )
    await rig.passes(
      'only a query',
      message(['GET http://named.test?a=b HTTP/1.1', 'Host: named.test']),
      ({ target }) => assert.equal(target.only.target, '/?a=b'),
    )
    await rig.canary()
  })

  test('1.22 an absolute target that is no clean http URL is 400', async () => {
    await refused(
      [
        'http://',
        'http:///x',
        'http://u@named.test/',
        'http://u:p@named.test/',
        'http://a b/',
        'http://named.test:99999/',
        'http://[::1/',
        'http:/named.test/',
        'http:named.test/',
        'ftp://named.test/',
        'file:///etc/passwd',
        'javascript:1',
        'http://named.test#x',
        'http://named.test\\x',
        'https//x',
        '//',
        'gopher://a/',
        'http://a,b/',
      ]
        .filter((target) => target !== '//') // an origin form whose path is two slashes
        .map((target) => ({ name: target, bytes: message([`GET ${target} HTTP/1.1`, 'Host: a.test']), status: [400] })),
    )
    await refused([
      { name: 'absolute without Host', bytes: message(['GET http://named.test/ HTTP/1.1']), status: [400] },
      {
        name: 'absolute with a bad Host',
        bytes: message(['GET http://named.test/ HTTP/1.1', 'Host: u@h']),
        status: [400],
      },
      {
        name: 'absolute with two Hosts',
        bytes: message(['GET http://named.test/ HTTP/1.1', 'Host: named.test', 'Host: named.test']),
        status: [400],
      },
    ])
  })

  test('1.23 a target that is not in origin form is 400, and CONNECT never opens a tunnel', async () => {
    const lines = [
      'GET * ',
      'POST * ',
      'GET admin ',
      'GET haproxy.org:80 ',
      'GET ?a ',
      'GET #a ',
      'GET ../a ',
      'GET a/b ',
      'OPTIONS admin ',
      'OPTIONS ** ',
      'OPTIONS *a ',
      'OPTIONS */ ',
      'GET @ ',
      'GET : ',
      'GET \\ ',
      'GET %2f ',
    ]
    await refused(
      lines.map((line) => ({ name: line, bytes: message([`${line}HTTP/1.1`, 'Host: a.test']), status: [400] })),
    )
    await each(
      [
        'CONNECT /',
        'CONNECT http://a.test',
        'CONNECT a.test:80',
        'CONNECT 127.0.0.1:22',
        'CONNECT *',
        'CONNECT a.test',
        'CONNECT [::1]:80',
        'CONNECT :80',
      ].map((name) => ({ name })),
      async ({ name }) => {
        rig.target.calm()
        const connection = await rig.send(`${message([`${name} HTTP/1.1`, 'Host: a.test'])}raw bytes`, {
          methods: ['CONNECT'],
          until: 'close',
        })
        assert.equal(connection.responses.length, 1, connection.describe())
        assert.ok(
          [400, 405].includes(connection.responses[0]?.status as number),
          `status ${connection.responses[0]?.status}`,
        )
        assertProblem(connection.responses[0] as NonNullable<(typeof connection.responses)[0]>)
        assert.equal(rig.target.received, 0)
        await rig.canary()
      },
    )
  })

  test('1.24 OPTIONS * is answered here with 200 or 204', async () => {
    rig.target.calm()
    const connection = await rig.send(
      message(['OPTIONS * HTTP/1.1', 'Host: a.test']) +
        message(['OPTIONS * HTTP/1.1', 'Host: nobody.test', 'Max-Forwards: 0']),
      { until: 2 },
    )
    for (const response of connection.responses) assert.ok([200, 204].includes(response.status), connection.describe())
    assert.equal(rig.target.received, 0)
    await rig.canary()
  })

  test('2.16 a Host that only looks like a known one gets 404 or 421, or 400 when it is none, and is never reflected in a redirect', async () => {
    const strict = await Rig.start((url) => ({
      services: { target: url },
      routes: {
        a: { host: 'a.test', path: '/*', service: 'target' },
        moved: { host: 'a.test', path: '/moved', redirect: '/there' },
      },
    }))
    try {
      for (const host of [
        'evil.test',
        'a.test.evil',
        'evil-a.test',
        'x.a.test',
        'a.tes',
        'aXtest',
        'a.test:8080@evil',
        'evil#a.test',
        'a.test%00.evil',
      ])
        for (const path of ['/', '/moved']) {
          const response = await strict.ask(message([`GET ${path} HTTP/1.1`, `Host: ${host}`]))
          assert.ok([400, 404, 421].includes(response.status), `${host}: ${response.status}`)
          assert.equal(response.header('location'), undefined)
        }
      assert.equal(strict.target.received, 0)
      for (const host of ['a.test', 'A.TEST', 'a.test:8080', 'a.test.'])
        assert.equal((await strict.ask(withHost(host))).status, 200, host)
    } finally {
      await strict.close()
    }
  })

  test('1.21 HTTP/1.0 without Host is answered', async () => {
    const response = await rig.ask('GET / HTTP/1.0\r\n\r\n')
    assert.ok(response.status === 200 || response.status === 404 || response.status === 400)
    await rig.refuses({
      name: '1.0 with two hosts',
      bytes: 'GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n',
      status: [400],
    })
  })
})
