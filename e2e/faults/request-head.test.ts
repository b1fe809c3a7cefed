import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { get, getTarget, hex, message, post } from '../support/message.ts'
import { each, Rig } from '../support/rig.ts'
import type { Case } from '../support/rig.ts'

describe('the head of a request', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start()
  })
  after(() => rig.close())

  const refused = (cases: Iterable<Case>): Promise<void> => each(cases, (item) => rig.refuses(item))
  const all = (list: readonly string[], status: readonly number[] = [400]): Case[] =>
    list.map((bytes) => ({ name: JSON.stringify(bytes.slice(0, 90)), bytes, status }))
  const byte = (n: number): string => String.fromCharCode(n)

  test('1.13 a bare carriage return or line feed anywhere in a head is 400', async () => {
    const whole = 'GET /a HTTP/1.1\r\nHost: a.test\r\nX-Field: value\r\n\r\n'
    const inserted: string[] = []
    // Before each byte of the head, but for the places where CR or LF stands already.
    for (let at = 1; at < whole.length; at++)
      for (const stray of ['\r', '\n']) {
        if ('\r\n'.includes(whole[at] as string) || '\r\n'.includes(whole[at - 1] as string)) continue
        inserted.push(whole.slice(0, at) + stray + whole.slice(at))
      }
    assert.ok(inserted.length > 50)
    await refused(all(inserted))
  })

  test('1.13 line feeds alone as line ends are 400', async () => {
    await refused(
      all([
        'GET / HTTP/1.1\nHost: a.test\n\n',
        'GET / HTTP/1.1\nHost: a.test\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: a.test\n\r\n',
        'GET / HTTP/1.1\r\nHost: a.test\r\n\n',
        'GET / HTTP/1.1\r\nHost: a.test\n\n',
        'GET / HTTP/1.1\r\nHost: a.test\nX: y\r\n\r\n',
        'GET / HTTP/1.1\rHost: a.test\r\r',
        'GET / HTTP/1.1\r\rHost: a.test\r\n\r\n',
        'GET / HTTP/1.1\n\rHost: a.test\n\r\n\r',
        'GET / HTTP/1.1\r\nHost: a.test\r\n\rX',
        'GET / HTTP/1.1\r\nHost: a.test\r\n\r\rX',
        'GET / HTTP/1.1\r\nHost: a.test\r\r\n\r\n',
        'GET\n/ HTTP/1.1\r\nHost: a.test\r\n\r\n',
        'GET /\nHTTP/1.1\r\nHost: a.test\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: a.test\r\nX: a\rb\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: a.test\r\nX: a\nb\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: a.test\r\nX: a\n b\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: a.test\r\nX:\r\r\n\r\n',
      ]),
    )
  })

  test('1.14 a folded field line is 400', async () => {
    await refused(
      [
        'X: a\r\n b',
        'X: a\r\n\tb',
        'X:\r\n a',
        'X: a\r\n ',
        'Expect: 100-\r\n continue',
        'Content-Length:\r\n 5',
        'Transfer-Encoding:\r\n chunked',
        'Host2: a\r\n  b\r\n  c',
      ].flatMap((line) => [
        { name: JSON.stringify(line), bytes: get(line), status: [400] },
        { name: `POST ${JSON.stringify(line)}`, bytes: post([line, 'X-After: 1'], 'hello'), status: [400] },
      ]),
    )
    await refused(
      all([
        'GET / HTTP/1.1\r\n Host: a.test\r\n\r\n',
        'GET / HTTP/1.1\r\n\tHost: a.test\r\nHost: a.test\r\n\r\n',
        'GET / HTTP/1.1\r\nHost:\r\n a.test\r\n\r\n',
      ]),
    )
  })

  test('1.25 a raw byte that a request target may not hold is 400', async () => {
    const bad = [
      ...Array(33).keys(),
      0x22,
      0x23,
      0x3c,
      0x3e,
      0x5c,
      0x5e,
      0x60,
      0x7b,
      0x7c,
      0x7d,
      ...Array.from({ length: 129 }, (_, i) => 0x7f + i),
    ]
    await refused(
      bad.flatMap((n) =>
        [`/a${byte(n)}b`, `/${byte(n)}`, `/a?b=${byte(n)}c`, `/a?${byte(n)}`].map((target) => ({
          name: `0x${hex(n)} in ${JSON.stringify(target)}`,
          bytes: getTarget(target),
          status: [400],
        })),
      ),
    )
  })

  test('1.25 white space around or inside the request line is 400', async () => {
    await refused(
      all(
        ['GET  / HTTP/1.1', 'GET /  HTTP/1.1', ' GET / HTTP/1.1', 'GET / HTTP/1.1 ', 'GET\t/ HTTP/1.1', 'GET /\tHTTP/1.1', 'GET / HTTP/1.1\t', 'GET / a HTTP/1.1', 'GET /a b HTTP/1.1', '\tGET / HTTP/1.1', 'GET / HTTP /1.1', 'GET / HTTP/ 1.1', 'GET\v/ HTTP/1.1', 'GET / HTTP/1.1 x'].map((line) =>
          message([line, 'Host: a.test']),
        ), // prettier-ignore
      ),
    )
  })

  test('1.26 a version other than HTTP/1.1 or HTTP/1.0 is 400 or 505', async () => {
    const versions = [
      'HTTP/1.2', 'HTTP/2.0', 'HTTP/2', 'HTTP/3', 'HTTP/0.9', 'HTTP/01.1', 'HTTP/1.01', 'HTTP/1', 'HTTP/1.', 'HTTP/.1', 'HTTP/1.1.1', 'HTTP/11', 'HTTP/1,1', 'http/1.1', 'Http/1.1', 'HTTP-1.1', 'HTTPS/1.1', 'RTSP/1.0', 'ICE/1.0', 'HTP/1.1', 'HTTP/9.9', 'HTTP/-1.1', 'HTTP/1.x', 'HTTP/1.1x', 'XHTTP/1.1', 'HTTP/', 'HTTP', '1.1',
    ] // prettier-ignore
    await refused(
      all(
        versions.map((version) => message([`GET / ${version}`, 'Host: a.test'])),
        [400, 505],
      ),
    )
    await refused(
      all(
        [
          'GET /\r\n',
          'GET /\r\n\r\n',
          'GET / \r\n\r\n',
          'GET\r\n\r\n',
          'GET \r\n\r\n',
          '/\r\n\r\n',
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
          'HTTP/1.1 200 OK\r\nHost: a.test\r\n\r\n',
        ],
        [400, 505],
      ),
    )
  })

  test('1.26 bytes of another protocol are 400', async () => {
    await refused(
      all([
        '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + 'r'.repeat(32) + '\r\n\r\n',
        '\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10\x01\x00\x80\r\n\r\n',
        '\x00\x00\x00\x00\r\n\r\n',
        'SSH-2.0-OpenSSH_9.2\r\n\r\n',
        'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n',
        '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c' + '\x7f\x00\x00\x01'.repeat(3) + '\r\n\r\n',
        'EHLO a.test\r\n\r\n',
        '*1\r\n$4\r\nPING\r\n\r\n\r\n',
      ]),
    )
  })

  test('1.27 a field line whose name is no token is 400', async () => {
    const names = [
      '',
      '[x]',
      'a b',
      'a\x00',
      'a\x01b',
      'a(b)',
      'a,b',
      'a/b',
      'a;b',
      'a<b>',
      'a=b',
      'a?b',
      'a@b',
      'a[b',
      'a\\b',
      'a]b',
      'a{b}',
      '"a"',
      'a\x7f',
      'a\x80',
      '\xe9',
      'n\xc3\xa4me',
      ' ',
      '\t',
    ]
    await refused(names.map((name) => ({ name: JSON.stringify(name), bytes: get(`${name}: value`), status: [400] })))
    await refused(
      ['no colon', 'nocolon', ':', ': value', ' : value', 'a', 'a :b'].map((line) => ({
        name: JSON.stringify(line),
        bytes: get(line),
        status: [400],
      })),
    )
  })

  test('1.27 a control character in a field value is 400', async () => {
    const controls = [...Array(32).keys(), 0x7f].filter((n) => n !== 9)
    await refused(
      controls.flatMap((n) =>
        [`X: ${byte(n)}`, `X: a${byte(n)}`, `X: a${byte(n)}b`, `User-Agent: ${byte(n)}a`].map((line) => ({
          name: `0x${hex(n)} in ${JSON.stringify(line)}`,
          bytes: get(line),
          status: [400],
        })),
      ),
    )
  })

  test('1.27 every token character in a name and every other byte in a value pass unchanged', async () => {
    const name = "X-!#$%&'*+.^`|~09azAZ"
    const value = [
      ...Array.from({ length: 95 }, (_, i) => 0x20 + i),
      ...Array.from({ length: 128 }, (_, i) => 0x80 + i),
    ]
      .map(byte)
      .join('')
      .trim()
    await rig.passes('all', get(`${name}: ${value}\tx`, 'X-Empty:', 'X-Spaces:  \t v \t '), ({ target }) => {
      assert.equal(target.only.header(name), `${value}\tx`)
      assert.equal(target.only.header('X-Empty'), '')
      assert.equal(target.only.header('X-Spaces'), 'v')
    })
  })

  test('1.28 a head over its limits is 414 or 431', async () => {
    const pad = (size: number): string => 'v'.repeat(size)
    await refused([
      { name: '9 KiB target', bytes: getTarget(`/${pad(9 * 1024)}`), status: [414] },
      { name: '9 KiB query', bytes: getTarget(`/?${pad(9 * 1024)}`), status: [414] },
      { name: '70 KiB target', bytes: getTarget(`/${pad(70 * 1024)}`), status: [414] },
      {
        name: '17 KiB in 17 fields',
        bytes: get(...Array.from({ length: 17 }, (_, i) => `X-${i}: ${pad(1024)}`)),
        status: [431],
      },
      { name: '101 fields', bytes: get(...Array.from({ length: 100 }, (_, i) => `X-${i}: v`)), status: [431] },
      { name: '10,000 fields', bytes: get(...Array.from({ length: 10_000 }, () => 'a:b')), status: [431] },
      { name: 'a field of 17 KiB', bytes: get(`X: ${pad(17 * 1024)}`), status: [431] },
      { name: 'a name of 17 KiB', bytes: get(`${pad(17 * 1024)}: v`), status: [431] },
      { name: 'a field of 200 KiB', bytes: get(`X: ${pad(200 * 1024)}`), status: [431] },
      {
        name: 'a field that never ends',
        bytes: `GET / HTTP/1.1\r\nHost: a.test\r\nX: ${pad(70 * 1024)}`,
        status: [431],
      },
      { name: 'a target that never ends', bytes: `GET /${pad(70 * 1024)}`, status: [414] },
    ])
  })

  test('1.28 a single field of 9 KiB is 431', async () => {
    await rig.refuses({ name: 'field', bytes: get(`X: ${'v'.repeat(9 * 1024)}`), status: [431] })
  })

  test('1.28 a head just inside its limits passes', async () => {
    await rig.passes('8 KiB target', getTarget(`/${'v'.repeat(8000)}`), ({ target }) =>
      assert.equal(target.only.target.length, 8001),
    )
    await rig.passes('99 fields and Host', get(...Array.from({ length: 99 }, (_, i) => `X-${i}: v`)), ({ target }) =>
      assert.equal(target.only.header('x-98'), 'v'),
    )
    await rig.passes('15 KiB', get(...Array.from({ length: 15 }, (_, i) => `X-${i}: ${'v'.repeat(1000)}`)))
  })

  test('1.29 a method that is no token, or endless, is refused', async () => {
    await refused([
      ...all(
        ['G=":<>(e)', 'G\x00T', 'GE(T', 'G@T', '', '\xc9', 'GET,', '"GET"', 'GET:', 'GE T'].map((method) =>
          message([`${method} / HTTP/1.1`, 'Host: a.test']),
        ),
        [400, 501],
      ),
      {
        name: 'method of 64 KiB',
        bytes: message([`${'A'.repeat(65_536)} / HTTP/1.1`, 'Host: a.test']),
        status: [400, 414, 431, 501],
      },
      {
        name: 'method of 300 bytes',
        bytes: message([`${'A'.repeat(300)} / HTTP/1.1`, 'Host: a.test']),
        status: [400, 405, 501],
      },
    ])
  })

  test('1.29 TRACE and TRACK are 405', async () => {
    await each([{ name: 'TRACE' }, { name: 'TRACK' }], async ({ name }) => {
      rig.target.calm()
      const response = await rig.ask(message([`${name} / HTTP/1.1`, 'Host: a.test', 'Cookie: secret=1']))
      assert.equal(response.status, 405)
      assert.ok(!response.text.includes('secret'))
      assert.equal(rig.target.received, 0)
      await rig.canary()
    })
  })

  test('1.29 an unknown method is forwarded as it is, or refused with 405 or 501', async () => {
    await each(
      ['get', 'Get', 'QUERY', 'PROPFIND', 'PURGE', 'FOO', 'M-SEARCH', "!#$%&'*+.^`|~"].map((name) => ({ name })),
      async ({ name }) => {
        rig.target.calm()
        const response = await rig.ask(message([`${name} / HTTP/1.1`, 'Host: a.test']))
        if (response.status === 200) assert.equal(rig.target.only.method, name)
        else {
          assert.ok([405, 501].includes(response.status), `status ${response.status}`)
          assert.equal(rig.target.received, 0)
        }
        await rig.canary()
      },
    )
  })

  test('1.32 one empty line before a request passes, a thousand are 400', async () => {
    await rig.passes('one', `\r\n${get()}`)
    await rig.refuses({ name: 'thousand', bytes: '\r\n'.repeat(1000) + get(), status: [400] })
    await refused(all([`\n${get()}`, `\r${get()}`, ` \r\n${get()}`, `\r\n ${get()}`]))
  })
})
