import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { chunked, get, message } from '../support/message.ts'
import { each, Rig } from '../support/rig.ts'
import type { TargetRequest } from '../support/target.ts'

const forwarding = [
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Server',
  'X-Forwarded-Ssl',
  'Forwarded',
  'X-Real-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
]
const identity = [
  'X-Consumer-Id',
  'X-Consumer-Name',
  'X-Consumer-Plan',
  'X-Consumer-Anything',
  'X-Auth-Subject',
  'X-Auth-Scheme',
  'X-Auth-Scopes',
  'X-Auth-Request-User',
  'X-JWT-Claims',
  'X-JWT-Sub',
  'X-Client-Cert',
  'X-Client-Cert-Subject',
  'X-Identity-Token',
  'X-Request-Route',
]
const overriding = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X-Original-URL', 'X-Rewrite-URL']
const forged = 'forged.test'

const holds = (request: TargetRequest): string[] =>
  [...request.fields, ...request.trailers].filter(([, value]) => value.includes(forged)).map(([name]) => name)

describe('fields that say who calls and from where', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start({
      routes: {
        all: { path: '/*', service: 'target' },
        guarded: { path: '/guarded', service: 'target', allow: { headers: { 'x-role': 'user' } } },
        denied: { path: '/denied', service: 'target', deny: { headers: { 'x-role': 'user, admin' } } },
        read: { path: '/read', service: 'target', methods: 'GET' },
      },
    })
  })
  after(() => rig.close())

  test('2.1 forwarding fields of an untrusted client are replaced by facts of the connection', async () => {
    await each(
      forwarding.map((name) => ({ name })),
      async ({ name }) => {
        await rig.passes(name, get(`${name}: ${forged}`, `${name.toLowerCase()}: for=${forged}`), ({ target }) => {
          assert.deepEqual(holds(target.only), [])
          assert.equal(target.only.header('x-forwarded-for'), '127.0.0.1')
          assert.equal(target.only.header('x-forwarded-proto'), 'http')
          assert.equal(target.only.header('x-forwarded-host'), 'a.test')
          assert.match(target.only.header('x-forwarded-port') ?? '', /^\d+$/)
        })
      },
    )
  })

  test('2.2 behind trusted proxies the rightmost untrusted address is the client', async () => {
    const trusting = await Rig.start({
      listeners: {
        main: { port: 0, host: '127.0.0.1', trustedProxies: ['127.0.0.0/8', '10.0.0.0/8', '2001:db8:ffff::/48'] },
      },
    })
    try {
      const cases: readonly (readonly [sent: readonly string[], client: string])[] = [
        [['203.0.113.9'], '203.0.113.9'],
        [['198.51.100.1, 203.0.113.9'], '203.0.113.9'],
        [['203.0.113.9, 10.1.1.1'], '203.0.113.9'],
        [['6.6.6.6, 203.0.113.9, 10.1.1.1, 10.2.2.2'], '203.0.113.9'],
        [['203.0.113.9', '10.1.1.1'], '203.0.113.9'],
        [['6.6.6.6', '203.0.113.9, 10.1.1.1'], '203.0.113.9'],
        [['2001:db8::1'], '2001:db8::1'],
        [['2001:db8::1, 2001:db8:ffff::7'], '2001:db8::1'],
        [['::ffff:203.0.113.9'], '203.0.113.9'],
        // A malformed element stops the walk at the last good one.
        [['6.6.6.6, unknown'], '127.0.0.1'],
        [['6.6.6.6, unknown, 10.1.1.1'], '10.1.1.1'],
        [['6.6.6.6, 999.1.1.1, 10.1.1.1'], '10.1.1.1'],
        [['6.6.6.6,, 10.1.1.1'], '10.1.1.1'],
        [['6.6.6.6, evil, 203.0.113.9'], '203.0.113.9'],
        [['garbage'], '127.0.0.1'],
        [[''], '127.0.0.1'],
        [['10.3.3.3, 10.1.1.1'], '10.3.3.3'],
      ]
      await each(
        cases.map(([sent, client]) => ({ name: sent.join(' | '), sent, client })),
        async ({ sent, client }) => {
          trusting.target.calm()
          const response = await trusting.ask(get(...sent.map((value) => `X-Forwarded-For: ${value}`)))
          assert.equal(response.status, 200)
          const seen = (trusting.target.only.header('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
          assert.ok(seen.includes(client), `${client} not in ${seen.join(', ')}`)
          assert.ok(!seen.includes('6.6.6.6') || client === '6.6.6.6', `forged address in ${seen.join(', ')}`)
        },
      )
      await trusting.canary()
    } finally {
      await trusting.close()
    }
  })

  test('2.2 1.36 a client behind a trusted proxy cannot have its address forgotten by naming the field in Connection', async () => {
    for (const [clientIpHeader, sent] of [
      ['X-Forwarded-For', '203.0.113.9'],
      ['X-Own-Address', '203.0.113.9'],
      ['Forwarded', 'for=203.0.113.9'],
    ] as const) {
      const rig = await Rig.start({
        listeners: { main: { port: 0, host: '127.0.0.1', trustedProxies: ['127.0.0.0/8'], clientIpHeader } },
        routes: { all: { path: '/*', service: 'target', deny: { ip: ['203.0.113.9'] } } },
      })
      try {
        for (const connection of [clientIpHeader, `close, ${clientIpHeader.toLowerCase()}`]) {
          const answer = await rig.ask(get(`${clientIpHeader}: ${sent}`, `Connection: ${connection}`))
          assert.equal(answer.status, 403, `${clientIpHeader}, Connection: ${connection}`)
        }
      } finally {
        await rig.close()
      }
    }
  })

  test('2.2 the client address behind trusted proxies decides lists, and a number trusts so many hops', async () => {
    const only = (trustedProxies: unknown): Promise<Rig> =>
      Rig.start({
        listeners: { main: { port: 0, host: '127.0.0.1', trustedProxies } },
        routes: { all: { path: '/*', service: 'target', allow: '203.0.113.0/24' } },
      })
    const run = async (trustedProxies: unknown, cases: Readonly<Record<string, number>>): Promise<void> => {
      const listed = await only(trustedProxies)
      try {
        for (const [sent, status] of Object.entries(cases))
          assert.equal(
            (await listed.ask(get(`X-Forwarded-For: ${sent}`))).status,
            status,
            `${String(trustedProxies)}: ${sent}`,
          )
        assert.equal((await listed.ask(get())).status, 403)
      } finally {
        await listed.close()
      }
    }
    await run(['127.0.0.1'], {
      '203.0.113.9': 200,
      '203.0.113.9, 6.6.6.6': 403,
      '6.6.6.6, 203.0.113.9': 200,
      unknown: 403,
    })
    await run(1, { '203.0.113.9': 200, '203.0.113.9, 6.6.6.6': 403, '6.6.6.6, 203.0.113.9': 200 })
    await run(2, { '203.0.113.9, 6.6.6.6': 200, '203.0.113.9, 6.6.6.6, 7.7.7.7': 403 })
    await run([], { '203.0.113.9': 403 })
  })

  test('2.3 odd forwarding fields crash nothing and stay bounded', async () => {
    const trusting = await Rig.start({
      listeners: { main: { port: 0, host: '127.0.0.1', trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] } },
    })
    try {
      const odd = [
        Array.from({ length: 200 }, (_, i) => `10.0.0.${i % 250}`).join(', '), Array.from({ length: 900 }, () => '1.1.1.1').join(','), ','.repeat(4000), 'fe80::1%eth0', '[fe80::1%25eth0]:80', 'unknown', '_hidden', '"1.1.1.1"',
        '1.1.1.1:8080', '[2001:db8::1]:443', '1.1.1', '1.1.1.1.1', '01.02.03.04', '0x7f.1', '2130706433', '::', '1::2::3', 'a'.repeat(5000), '${jndi:ldap://x}', '<script>', "' or 1=1 --", '\xff\xfe', '1.1.1.1 2.2.2.2', '127.0.0.1',
      ] // prettier-ignore
      await each(
        odd.map((name) => ({ name: name.slice(0, 40), value: name })),
        async ({ value }) => {
          trusting.target.calm()
          const response = await trusting.ask(get(`X-Forwarded-For: ${value}`))
          assert.equal(response.status, 200)
          const seen = trusting.target.only.header('x-forwarded-for') ?? ''
          assert.match(seen, /^[0-9a-f.:, ]+$/i)
          assert.ok(seen.length < 1500, `${seen.length} bytes passed on`)
        },
      )
      await trusting.refuses({ name: 'CR', bytes: get('X-Forwarded-For: 1.1.1.1,\r'), status: [400] })
    } finally {
      await trusting.close()
    }
  })

  test('2.4 identity fields of a client never reach a target', async () => {
    await each(
      identity.map((name) => ({ name })),
      async ({ name }) => {
        await rig.passes(name, get(`${name}: ${forged}`), ({ target }) => assert.deepEqual(holds(target.only), []))
      },
    )
  })

  test('2.5 identity fields are removed in every spelling and number', async () => {
    await each(
      identity.map((name) => ({ name })),
      async ({ name }) => {
        const lines = [
          `${name}: ${forged}`,
          `${name.toUpperCase()}: ${forged}`,
          `${name.toLowerCase()}:${forged}`,
          `${name}: a`,
          `${name}: ${forged} `,
        ]
        await rig.passes(name, get(...lines), ({ target }) => {
          assert.deepEqual(holds(target.only), [])
          assert.equal(target.only.header(name), undefined)
        })
        // A space before the colon is no field at all.
        await rig.refuses({ name: `${name} and a space`, bytes: get(`${name} : ${forged}`), status: [400] })
      },
    )
  })

  test('2.6 a field name with an underscore is 400, or dropped or passed where the listener says so', async () => {
    const names = [
      'X_Consumer_Id',
      'X_Forwarded_For',
      'Content_Length',
      'x_consumer-id',
      'X-Consumer_Id',
      'Transfer_Encoding',
      'Host_',
      '_',
      'Authorization_',
      'a_b',
      'X_Real_IP',
      'X-Auth_Subject',
    ]
    await each(
      names.map((name) => ({ name, bytes: get(`${name}: ${forged}`), status: [400] })),
      (item) => rig.refuses(item),
    )
    for (const underscoreHeaders of ['drop', 'pass']) {
      const other = await Rig.start({ listeners: { main: { port: 0, host: '127.0.0.1', underscoreHeaders } } })
      try {
        await other.passes(underscoreHeaders, get('a_b: 1', 'X-Plain: 2'), ({ target }) => {
          assert.equal(target.only.header('a_b'), underscoreHeaders === 'drop' ? undefined : '1')
          assert.equal(target.only.header('x-plain'), '2')
        })
        // Even where underscores pass, an alias of an identity or framing field does not.
        for (const name of [
          'X_Consumer_Id',
          'X_Forwarded_For',
          'Content_Length',
          'Transfer_Encoding',
          'X-Auth_Subject',
          'x_real_ip',
        ]) {
          other.target.calm()
          const response = await other.ask(get(`${name}: ${forged}`))
          assert.ok(response.status === 200 || response.status === 400)
          for (const request of other.target.requests)
            assert.deepEqual(holds(request), [], `${name} with ${underscoreHeaders}`)
        }
      } finally {
        await other.close()
      }
    }
  })

  test('2.7 identity fields as trailers are dropped', async () => {
    await each(
      [...identity, ...forwarding].map((name) => ({ name })),
      async ({ name }) => {
        rig.target.calm()
        const response = await rig.ask(
          chunked(
            `2\r\nok\r\n0\r\n${name}: ${forged}\r\n${name.toUpperCase()}: ${forged}\r\n\r\n`,
            `Trailer: ${name}`,
            'TE: trailers',
          ),
        )
        assert.ok([200, 400].includes(response.status))
        for (const request of rig.target.requests) assert.deepEqual(holds(request), [])
        await rig.canary()
      },
    )
  })

  test('2.8 fields that override method or URL are stripped', async () => {
    await each(
      overriding.map((name) => ({ name })),
      async ({ name }) => {
        await rig.passes(name, get(`${name}: ${forged}`), ({ target }) => {
          assert.deepEqual(holds(target.only), [])
          assert.equal(target.only.method, 'GET')
        })
      },
    )
    rig.target.calm()
    assert.equal(
      (
        await rig.ask(
          message(['POST /read HTTP/1.1', 'Host: a.test', 'X-HTTP-Method-Override: GET', 'Content-Length: 0']),
        )
      ).status,
      200,
    )
    assert.equal(rig.target.only.method, 'POST')
    await rig.canary()
  })

  test('2.10 a policy sees the same joined value as the target', async () => {
    const status = async (path: string, ...fields: string[]): Promise<number> =>
      (await rig.ask(message([`GET ${path} HTTP/1.1`, 'Host: a.test', ...fields]))).status
    assert.equal(await status('/guarded', 'X-Role: user'), 200)
    assert.equal(await status('/guarded', 'X-Role: admin'), 403)
    assert.equal(await status('/guarded', 'X-Role: user', 'X-Role: admin'), 403)
    assert.equal(await status('/guarded', 'X-Role: admin', 'x-role: user'), 403)
    assert.equal(await status('/guarded', 'X-Role: user', 'X-Role: user'), 403)
    assert.equal(await status('/denied', 'X-Role: user', 'X-Role: admin'), 403)
    assert.equal(await status('/denied', 'X-Role: user, admin'), 403)
    rig.target.calm()
    assert.equal(await status('/denied', 'X-Role: admin', 'X-ROLE: user'), 200)
    assert.equal(rig.target.only.header('x-role'), 'admin, user')
    await rig.canary()
  })
})
