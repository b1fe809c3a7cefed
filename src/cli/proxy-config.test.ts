import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { checkConfig } from '../checker.ts'
import { Stop } from './exit.ts'
import { proxyConfig, proxyRoutes } from './proxy-config.ts'

test('words of proxy become routes: a lone URL takes all, a path all below it, a port is localhost', () => {
  assert.deepEqual(proxyRoutes(['http://localhost:3000']), [
    { name: 'app', path: '/*', target: 'http://localhost:3000' },
  ])
  assert.deepEqual(proxyRoutes(['/=3000', '/api/v1=host:4000/']), [
    { name: 'app', path: '/*', target: 'http://localhost:3000' },
    { name: 'apiV1', path: '/api/v1/*', target: 'http://host:4000' },
  ])
})

test('two paths that would have one name get two, and words that are no names become names', () => {
  const names = proxyRoutes(['/a-b=1', '/a/b=2', '/none=3', '/1=4']).map((route) => route.name)
  assert.deepEqual(names, ['aB', 'aB2', 'nonePath', 'r1'])
})

for (const words of [['/api'], ['/a=ftp://x'], ['/a=http://x?y=1'], ['/a=1', '/a/=2']]) {
  test(`proxy refuses ${words.join(' ')}`, () => {
    assert.throws(() => proxyRoutes(words), Stop)
  })
}

test('a path without its slash is no address: the word with a slash is offered', () => {
  for (const word of ['api=http://localhost:3101', 'api/v1=4000', '=http://localhost:3000', 'a-b=host:1'])
    assert.throws(
      () => proxyRoutes([word]),
      (error: unknown) => error instanceof Stop && error.code === 2 && error.hint === `Did you mean /${word}?`,
    )
  assert.equal(proxyRoutes(['http://localhost:1/a=b'])[0]?.target, 'http://localhost:1/a=b')
})

test('an admin API that is not where it is looked for is written down', () => {
  const text = (admin: number): string => proxyConfig(proxyRoutes(['/=1']), { port: 8080, admin, cors: false })
  assert.match(text(9902), /^admin: 9902$/m)
  assert.doesNotMatch(text(9901), /admin/)
})

test('whatever paths are given, the file that is written passes check', async () => {
  const segment = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/).filter((text) => !/^\.+$/.test(text))
  const path = fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join('/')}`)
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(path, { minLength: 1, maxLength: 5 }), async (paths) => {
      const text = proxyConfig(proxyRoutes(paths.map((one) => `${one}=http://localhost:3000`)), {
        port: 8080,
        admin: 9902,
        cors: true,
      })
      const { diagnostics } = await checkConfig({ cwd: tmpdir(), text, mode: 'start' })
      assert.deepEqual(
        diagnostics.filter((one) => one.severity === 'error'),
        [],
        text,
      )
    }),
    { numRuns: 50 },
  )
})
