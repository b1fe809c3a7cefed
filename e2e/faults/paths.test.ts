import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { getTarget, message } from '../support/message.ts'
import { assertProblem, each, Rig } from '../support/rig.ts'
import { answerWith } from '../support/target.ts'

const upper = (text: string): string => text.toUpperCase()

describe('paths that try to be something else', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start({
      routes: {
        all: { path: '/*', service: 'target' },
        admin: { path: '/admin/*', service: 'target', deny: { methods: ['GET', 'POST'] } },
        public: { path: '/public/*', service: 'target' },
        stripped: { path: '/api/*', service: 'target', stripPrefix: true },
        rewritten: { path: '/old/*', service: 'target', rewrite: '/new/{*}' },
        inserted: { path: '/item/{id}', service: 'target', rewrite: '/things/{id}/view' },
        exact: { path: '/exact', service: 'target', headers: { request: { set: { 'X-Route': 'exact' } } } },
        passing: { path: '/encoded/*', service: 'target', encodedSlash: 'pass' },
        shut: { path: '/encoded/admin/*', service: 'target', deny: { methods: ['GET'] } },
      },
    })
  })
  after(() => rig.close())

  /** Status, and what the target saw as the request target. */
  const outcome = async (target: string): Promise<{ status: number; seen: string | undefined }> => {
    rig.target.calm()
    const response = await rig.ask(getTarget(target))
    if (response.status >= 400) {
      assertProblem(response)
      assert.equal(rig.target.received, 0, 'bytes at the target')
    }
    assert.deepEqual(rig.target.violations, [])
    return { status: response.status, seen: rig.target.requests[0]?.target }
  }
  const table = (rows: Readonly<Record<string, string | number>>): Promise<void> =>
    each(
      Object.entries(rows).map(([name, expected]) => ({ name, expected })),
      async ({ name, expected }) => {
        const { status, seen } = await outcome(name)
        if (typeof expected === 'number') assert.equal(status, expected)
        else {
          assert.equal(status, 200)
          // Digits of an escape are made upper case (RFC 3986 §6.2.2.1); the bytes they stand for stay.
          assert.equal(seen?.replace(/%../g, upper), expected.replace(/%../g, upper))
        }
        await rig.canary()
      },
    )
  const all = (targets: readonly string[], expected: string | number): Promise<void> =>
    table(Object.fromEntries(targets.map((target) => [target, expected])))

  test('3.1 dot segments in every spelling end at the one canonical path, whose policy applies', async () => {
    await all(
      [
        '/public/../admin',
        '/public/%2e%2e/admin',
        '/public/%2E%2e/admin',
        '/public/.%2e/admin',
        '/public/%2e./admin',
        '/public/../admin/',
        '/public/x/../../admin/y',
        '/%2e%2e/admin',
        '/.%2e/admin',
        '/../../admin',
        '/./admin',
        '/a/b/../../admin',
        '/public/../%61dmin',
        '/admin/.',
        '/admin/x/..',
        '/public/../public/../admin?x=1',
      ],
      403,
    )
    await table({
      '/public/../other': '/other',
      '/a/./b': '/a/b',
      '/a/b/..': '/a/',
      '/..': '/',
      '/a/../../..': '/',
      '/.': '/',
      '/a/...': '/a/...',
      '/a/..b': '/a/..b',
      '/a/.b/c.': '/a/.b/c.',
    })
    await all(['/%2e%2e%2fadmin', '/..%2fadmin', '/public%2f..%2fadmin'], 400)
  })

  test('3.2 doubled slashes are joined, and the policy of the joined path applies', async () => {
    await all(
      [
        '//admin',
        '///admin',
        '//admin/x',
        '/./admin',
        '//./admin',
        '/.//admin',
        '/public//..//admin',
        '/admin//',
        '//admin//x',
      ],
      403,
    )
    await table({ '/a//b': '/a/b', '//': '/', '///a///b///': '/a/b/', '/a//b?c=//d': '/a/b?c=//d' })
  })

  test('3.3 encoded slash, backslash, NUL and percent are 400 unless the route lets the slash pass', async () => {
    await all(
      [
        '/a%2Fb',
        '/a%2fb',
        '/%2Fadmin',
        '/a%5Cb',
        '/a%5cb',
        '/a%00b',
        '/%00',
        '/admin%00',
        '/a%252eb',
        '/%252e%252e/admin',
        '/%252fadmin',
        '/a%2500b',
        '/a%255cb',
        '/x/%2F..%2Fadmin',
      ],
      400,
    )
    await table({
      '/encoded/a%2Fb': '/encoded/a%2Fb',
      '/encoded/a%2fb': '/encoded/a%2fb',
      '/encoded/a%5Cb': 400,
      '/encoded/a%00b': 400,
      '/encoded/a%2500b': 400,
    })
    // What passes must not open a way around another route.
    for (const target of [
      '/encoded/x%2F..%2Fadmin/y',
      '/encoded/..%2F..%2Fadmin',
      '/encoded/%2e%2e%2fadmin',
      '/encoded/admin%2Fx',
      '/encoded/.%2Fadmin/x',
    ]) {
      const { status, seen } = await outcome(target)
      assert.ok(status >= 400 || seen === target, `${target}: ${status}, seen ${seen}`)
    }
    await rig.canary()
  })

  test('3.4 a backslash in any spelling is 400', async () => {
    await all(
      [
        '/\\admin',
        '/..\\admin',
        '/public\\..\\admin',
        '/..%5cadmin',
        '/..%5Cadmin',
        '/%5cadmin',
        '/public/..%5c..%5cadmin',
        '\\admin',
        '/a\\',
      ],
      400,
    )
  })

  test('3.5 path parameters do not hide a segment, and dot segments with parameters are 400', async () => {
    await all(['/admin;x=1', '/admin;', '/admin;a=b;c=d/x', '/admin;x=1/y;z'], 403)
    await all(
      [
        '/..;/admin',
        '/.;/admin',
        '/a;b/..;c/admin',
        '/public/..;x=y/admin',
        '/a/..;',
        '/a/.;x',
        '/%2e%2e;/admin',
        '/.%2e;a/admin',
      ],
      400,
    )
    await table({ '/a;b=c': '/a;b=c', '/a;b/c;d=e': '/a;b/c;d=e' })
  })

  test('3.6 unreserved characters are decoded, and case counts', async () => {
    await all(['/%61dmin', '/%61%64%6d%69%6e', '/%61dmin/x', '/adm%69n'], 403)
    await table({
      '/ADMIN': '/ADMIN',
      '/%41dmin': '/Admin',
      '/Admin/x': '/Admin/x',
      '/a%7Eb': '/a~b',
      '/a%2db%2Ec': '/a-b.c',
      '/a%3ab': '/a%3ab',
      '/caf%C3%A9': '/caf%C3%A9',
      '/a%20b': '/a%20b',
    })
  })

  test('3.8 a prefix ends at a slash, and what a strip or rewrite leaves is canonical', async () => {
    await table({
      '/api/x': '/x', '/api': '/', '/api/': '/', '/apiX': '/apiX', '/api..': '/api..', '/api..x/y': '/api..x/y', '/api//x': '/x', '/api/../x': '/x', '/api/x/../y': '/y', '/api/x//y': '/x/y',
      '/old/a/b': '/new/a/b', '/old': '/new', '/oldx': '/oldx', '/old/a/../b': '/new/b', '/old/../admin': 403, '/api/../admin': 403, '/api/%2e%2e/admin': 403,
      '/item/5': '/things/5/view', '/item/a%20b': '/things/a%20b/view', '/item/%2e%2e': '/', '/item/..%2fadmin': 400, '/item/a%3Fb': '/things/a%3Fb/view', '/item/a%23b': '/things/a%23b/view',
    }) // prettier-ignore
    for (const target of [
      '/item/..;',
      '/item/...',
      '/item/.%2e',
      '/api/.',
      '/api/..',
      '/api//',
      '/api/;/..',
      '/old/;x/a',
      '/api/..%3b',
      '/api///evil.test/',
    ]) {
      const { seen } = await outcome(target)
      if (seen === undefined) continue
      assert.ok(seen.startsWith('/') && !seen.startsWith('//'), `${target} became ${seen}`)
      assert.doesNotMatch(seen, /(^|\/)\.{1,2}(;[^/]*)?(\/|$)/, `${target} became ${seen}`)
    }
  })

  test('3.9 broken escapes and bytes that are no UTF-8 are 400, and nothing is folded', async () => {
    await all(
      [
        '/%zz',
        '/%',
        '/%4',
        '/a%',
        '/a%4',
        '/%u002f',
        '/%u0061',
        '/%-1',
        '/% 41',
        '/%c0%af',
        '/%c0%ae%c0%ae/admin',
        '/%e0%80%af',
        '/%f0%80%80%af',
        '/%ed%a0%80',
        '/%ed%b0%80',
        '/%ff',
        '/%fe%ff',
        '/%c3',
        '/%e2%82',
        '/%f8%88%80%80%af',
        '/%f4%90%80%80',
        '/%80',
      ],
      400,
    )
    await table({
      '/%ef%bc%8fadmin': '/%ef%bc%8fadmin',
      '/%ef%bc%8e%ef%bc%8e/admin': '/%ef%bc%8e%ef%bc%8e/admin',
      '/%c2%ad': '/%c2%ad',
      '/%f0%9f%98%80': '/%f0%9f%98%80',
      '/%e2%88%95admin': '/%e2%88%95admin',
    })
    // Encoded control characters may pass as they came, but never decoded.
    for (const target of ['/a%0d%0aX-Injected:%201', '/a%0a', '/a%0dGET', '/a%09', '/a%7f']) {
      const { status, seen } = await outcome(target)
      assert.ok(status === 400 || seen?.toLowerCase() === target.toLowerCase(), `${target} became ${seen}`)
    }
  })

  test('3.10 a path without a leading slash is 400', async () => {
    await all(['admin', '', '*', '?a', '../admin', '%2fadmin', '.', '@a/b'], 400)
  })

  test('3.1 the log, the policy and the target agree on one path: what is not denied is never seen as denied by the target', async () => {
    const pieces = ['admin', 'public', '..', '.', '', '%2e%2e', '%61dmin', ';x', '..;', '%2f', 'ADMIN', 'a']
    let seed = 20261120
    const next = (n: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * n)
    }
    for (let i = 0; i < 1500; i++) {
      const target = `/${Array.from({ length: 1 + next(5) }, () => pieces[next(pieces.length)] as string).join('/')}`
      const { status, seen } = await outcome(target)
      assert.ok([200, 400, 403].includes(status), `${target}: ${status}`)
      if (seen !== undefined)
        assert.doesNotMatch(
          new URL(seen, 'http://x').pathname.replace(/;[^/]*/g, ''),
          /^\/+admin(\/|$)/,
          `${target} reached the target as ${seen}`,
        )
    }
    await rig.canary()
  })

  test('2.17 a redirect never leads to another host by way of the path', async () => {
    const redirecting = await Rig.start((url) => ({
      listeners: { main: { port: 0, host: '127.0.0.1' } },
      services: { target: url },
      routes: {
        moved: { path: '/moved/*', redirect: '/{*}' },
        away: { path: '/away/{x}', redirect: 'https://fixed.test/{x}' },
        host: { path: '/host/*', redirect: 'https://fixed.test{request.path}' },
        back: { path: '/back/*', service: 'target' },
      },
    }))
    try {
      const evil = [
        '//evil.test',
        '/evil.test/..',
        '///evil.test/%2e%2e',
        '/%2Fevil.test',
        '/%5Cevil.test',
        '/\\evil.test',
        '/http://evil.test',
        '/@evil.test',
        '/.evil.test',
        '/%0d%0aLocation:%20http://evil.test',
        '/..//evil.test',
        '/;//evil.test',
      ]
      for (const prefix of ['/moved', '/away', '/host'])
        for (const path of evil) {
          const response = await redirecting.ask(getTarget(prefix + path))
          const location = response.header('location')
          if (location === undefined) continue
          assert.equal(response.headers('location').length, 1)
          assert.match(location, /^(\/(?![/\\])|https:\/\/fixed\.test(\/|$))/, `${prefix}${path} → ${location}`)
          const host = new URL(location, 'http://gateway.test').hostname
          assert.ok(host === 'gateway.test' || host === 'fixed.test', `${prefix}${path} → ${location}`)
        }
      // A Location of the service that names the target becomes the public address; others stay.
      for (const [says, becomes] of [
        [`${redirecting.target.url}/x`, /^(http:\/\/public\.test)?\/x$/],
        ['http://evil.test/x', /^http:\/\/evil\.test\/x$/],
        ['/x', /^\/x$/],
      ] as const) {
        redirecting.target.calm()
        redirecting.target.answer = answerWith(302, [['Location', says]])
        const response = await redirecting.ask(message(['GET /back/x HTTP/1.1', 'Host: public.test']))
        assert.match(response.header('location') ?? '', becomes)
      }
    } finally {
      await redirecting.close()
    }
  })
})
