import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { getTarget, message } from '../support/message.ts'
import { Rig } from '../support/rig.ts'
import type { Config } from '../support/gateway.ts'

const using = async (over: Config, run: (rig: Rig) => Promise<void>): Promise<void> => {
  const rig = await Rig.start(over)
  try {
    await run(rig)
    rig.target.calm()
  } finally {
    await rig.close()
  }
}
const routeSeen = (rig: Rig): string | undefined => rig.target.requests.at(-1)?.header('x-route')
const mark = (name: string): Config => ({ headers: { request: { set: { 'X-Route': name } } } })

describe('which route', () => {
  test('3.7 hosts match in any case of letters, among more than a hundred of them', async () => {
    const routes = Object.fromEntries(
      Array.from({ length: 150 }, (_, i) => [
        `r${i}`,
        { host: i === 120 ? 'EXAMPLE.com' : `H${i}.Example.com`, path: '/*', service: 'target', ...mark(`r${i}`) },
      ]),
    )
    await using({ routes }, async (rig) => {
      for (const [host, route] of [
        ['example.com', 'r120'],
        ['EXAMPLE.COM', 'r120'],
        ['eXample.Com.', 'r120'],
        ['EXAMPLE.com:8080', 'r120'],
        ['h7.example.com', 'r7'],
        ['H149.EXAMPLE.COM', 'r149'],
      ] as const) {
        assert.equal((await rig.ask(message(['GET / HTTP/1.1', `Host: ${host}`]))).status, 200, host)
        assert.equal(routeSeen(rig), route, host)
      }
      assert.equal((await rig.ask(message(['GET / HTTP/1.1', 'Host: h150.example.com']))).status, 404)
    })
  })

  test('3.11 HEAD takes the GET route with its policies, and a preflight is answered here only where cors is configured', async () => {
    await using(
      {
        routes: {
          read: { path: '/read', methods: 'GET', service: 'target', deny: { headers: { 'x-bad': true } } },
          shared: {
            path: '/shared',
            methods: ['GET', 'POST'],
            service: 'target',
            cors: ['https://app.test'],
            deny: { methods: ['GET'] },
          },
          plain: { path: '/plain', service: 'target' },
        },
      },
      async (rig) => {
        assert.equal(
          (await rig.ask(message(['HEAD /read HTTP/1.1', 'Host: a.test']), { methods: ['HEAD'] })).status,
          200,
        )
        assert.equal(rig.target.requests.at(-1)?.method, 'HEAD')
        assert.equal(
          (await rig.ask(message(['HEAD /read HTTP/1.1', 'Host: a.test', 'X-Bad: 1']), { methods: ['HEAD'] })).status,
          403,
        )
        const denied = await rig.ask(message(['POST /read HTTP/1.1', 'Host: a.test', 'Content-Length: 0']))
        assert.equal(denied.status, 405)
        assert.match(denied.header('allow') ?? '', /GET/)
        rig.target.calm()
        const preflight = (path: string): string =>
          message([
            `OPTIONS ${path} HTTP/1.1`,
            'Host: a.test',
            'Origin: https://app.test',
            'Access-Control-Request-Method: POST',
          ])
        const answered = await rig.ask(preflight('/shared'))
        assert.ok([200, 204].includes(answered.status))
        assert.equal(answered.header('access-control-allow-origin'), 'https://app.test')
        assert.equal(rig.target.received, 0, 'a preflight stays here')
        assert.equal(
          (await rig.ask(message(['GET /shared HTTP/1.1', 'Host: a.test', 'Origin: https://app.test']))).status,
          403,
        )
        const foreign = await rig.ask(
          message([
            'OPTIONS /shared HTTP/1.1',
            'Host: a.test',
            'Origin: https://evil.test',
            'Access-Control-Request-Method: POST',
          ]),
        )
        assert.equal(foreign.header('access-control-allow-origin'), undefined)
        rig.target.calm()
        assert.equal((await rig.ask(preflight('/plain'))).status, 200)
        assert.equal(rig.target.only.method, 'OPTIONS', 'without cors a preflight is the service’s business')
        assert.equal((await rig.ask(preflight('/read'))).status, 405)
      },
    )
  })

  test('3.12 a query is passed on byte for byte', async () => {
    await using({}, async (rig) => {
      const queries = [
        'a=1&a=2',
        'a=1;b=2',
        'a=%00',
        'a=%zz',
        'a',
        '=',
        '&&&',
        'a=b=c',
        'a=%2F%5C%2e',
        'a[]=1&a[x]=2',
        "a='or'1",
        '?',
        '??a',
        'a=http://x/../y',
        '%',
        'a=//..//',
        '+',
        Array.from({ length: 1500 }, (_, i) => `p${i}`).join('&'),
      ]
      for (const query of queries) {
        rig.target.calm()
        const response = await rig.ask(getTarget(`/q?${query}`))
        assert.equal(response.status, 200, query.slice(0, 40))
        assert.equal(rig.target.only.target, `/q?${query}`)
      }
      rig.target.calm()
      await rig.ask(getTarget('/q?'))
      assert.match(rig.target.only.target, /^\/q\??$/)
      await rig.canary()
    })
  })

  test('3.12 where the query is parsed, the first value counts and more than a thousand parameters are 400', async () => {
    await using(
      {
        routes: {
          all: { path: '/*', service: 'target' },
          one: { path: '/*', match: { query: { v: '1' } }, service: 'target', ...mark('one') },
        },
      },
      async (rig) => {
        const seen = async (target: string): Promise<string | undefined> => {
          rig.target.calm()
          assert.equal((await rig.ask(getTarget(target))).status, 200, target)
          return routeSeen(rig)
        }
        assert.equal(await seen('/?v=1'), 'one')
        assert.equal(await seen('/?v=2'), undefined)
        assert.equal(await seen('/?v=%31'), 'one')
        assert.equal(await seen('/?V=1'), undefined)
        assert.equal(await seen('/?a=1;v=1'), undefined)
        assert.equal(await seen('/?v=1&v=2'), 'one')
        assert.equal((await rig.ask(getTarget(`/?${Array.from({ length: 1001 }, () => 'p').join('&')}`))).status, 400)
      },
    )
  })

  test('3.13 an expression over a long path takes time in proportion to its length', async () => {
    await using(
      {
        listeners: { main: { port: 0, host: '127.0.0.1', limits: { uri: '128KB', headerSize: '256KB' } } },
        routes: {
          one: { path: '~/(a|aa)+x', service: 'target' },
          two: { path: '~/([a-z]+)*[0-9]x', service: 'target' },
          three: { path: '~/(.*a){8}b.*', service: 'target' },
          four: { path: '/s/{id:(a|b|ab)*c}', service: 'target' },
        },
      },
      async (rig) => {
        const time = async (target: string): Promise<number> => {
          const from = performance.now()
          const { status } = await rig.ask(getTarget(target), { timeout: 10_000 })
          assert.ok(status === 404 || status === 200)
          return performance.now() - from
        }
        await time(`/${'a'.repeat(1000)}!`)
        for (const target of [`/${'a'.repeat(50 * 1024)}!`, `/s/${'ab'.repeat(25 * 1024)}!`, `/${'a'.repeat(7000)}!`])
          assert.ok((await time(target)) < 2000, `${target.slice(0, 10)}… of ${target.length} bytes`)
      },
    )
  })

  test('3.14 two routes to the same service keep their own policies', async () => {
    await using(
      {
        routes: {
          open: {
            path: '/open',
            service: 'target',
            headers: { request: { set: { 'X-From': 'open' } }, response: { set: { 'X-Route': 'open' } } },
          },
          shut: { path: '/shut', service: 'target', deny: { methods: ['GET'] } },
          both: { path: '/both', service: 'target', headers: { request: { set: { 'X-From': 'both' } } } },
        },
      },
      async (rig) => {
        for (let i = 0; i < 3; i++) {
          assert.equal((await rig.ask(getTarget('/open'))).header('x-route'), 'open')
          assert.equal(rig.target.requests.at(-1)?.header('x-from'), 'open')
          assert.equal((await rig.ask(getTarget('/shut'))).status, 403)
          const both = await rig.ask(getTarget('/both'))
          assert.equal(both.header('x-route'), undefined)
          assert.equal(rig.target.requests.at(-1)?.header('x-from'), 'both')
        }
      },
    )
  })

  test('11.16 paths of the admin side are not served by the data plane', async () => {
    await using({ routes: { one: { path: '/one', service: 'target' } } }, async (rig) => {
      for (const path of [
        '/healthz',
        '/readyz',
        '/metrics',
        '/v1/info',
        '/v1/config',
        '/debug',
        '/debug/pprof',
        '/admin',
        '/openapi.json',
        '/status',
        '/server-status',
        '/.env',
        '/gateway.yaml',
        '/v1/reload',
      ])
        for (const method of ['GET', 'POST'])
          assert.equal(
            (await rig.ask(message([`${method} ${path} HTTP/1.1`, 'Host: a.test', 'Content-Length: 0']))).status,
            404,
            `${method} ${path}`,
          )
    })
  })
})
