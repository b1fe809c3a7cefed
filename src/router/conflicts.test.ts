import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { MatchInput } from '../contract/plan.ts'
import { Fields } from '../lib/fields.ts'
import { arbitraryEntries, arbitraryInput } from './arbitrary.fixture.ts'
import type { ConflictEntry } from './checked-route.ts'
import { findConflicts } from './conflicts.ts'
import type { RouterEntry } from './entry.ts'
import { createRouter } from './router.ts'

const route = (name: string, paths: string | string[], more: Partial<ConflictEntry> = {}): ConflictEntry => ({
  name,
  listeners: ['main'],
  hosts: [],
  paths: [paths].flat(),
  methods: [],
  conditions: [],
  priority: 0,
  ...more,
})
const header = (name: string, matcher: unknown): ConflictEntry['conditions'] => [{ kind: 'headers', name, matcher }]

/** `loser by winner kind`, for short. */
const found = (...entries: ConflictEntry[]): string[] =>
  findConflicts(entries).map(({ route, by, kind }) => `${entries[route]?.name} by ${entries[by]?.name} ${kind}`)

test('two routes with the same match on one listener are an error that names both', () => {
  assert.deepEqual(findConflicts([route('pay2', '/payments/*'), route('payments', '/payments/*')]), [
    { kind: 'same', code: 'GW1301', route: 1, by: 0, listener: 'main' },
  ])
  assert.deepEqual(found(route('a', '/x/{id}'), route('b', '/x/{other}')), ['b by a same'])
  assert.deepEqual(found(route('a', '~/x/(?<n>.*)'), route('b', '~/x/(?<m>.*)')), ['b by a same'])
  assert.deepEqual(
    found(route('a', ['/x', '/y'], { methods: ['GET', 'PUT'] }), route('b', ['/y', '/x'], { methods: ['PUT', 'GET'] })),
    ['b by a same'],
  )
  const listeners = ['main', 'other']
  assert.deepEqual(found(route('a', '/x'), route('b', '/x', { listeners })), ['b by a same'])
})

test('routes of different listeners, hosts, methods or conditions are no conflict', () => {
  assert.deepEqual(found(route('a', '/x'), route('b', '/x', { listeners: ['other'] })), [])
  assert.deepEqual(
    found(route('a', '/x', { hosts: ['a.example'] }), route('b', '/x', { hosts: ['b.example'] }), route('c', '/x')),
    [],
  )
  assert.deepEqual(
    found(route('a', '/x', { methods: ['GET'] }), route('b', '/x', { methods: ['POST'] }), route('c', '/x')),
    [],
  )
  assert.deepEqual(
    found(
      route('a', '/x', { conditions: header('v', '1') }),
      route('b', '/x', { conditions: header('v', '2') }),
      route('c', '/x'),
    ),
    [],
  )
  assert.deepEqual(
    found(route('a', '/x'), route('b', '/*'), route('c', '/x/*'), route('d', '/x/{id}'), route('e', '~/x/[0-9]+')),
    [],
  )
})

test('a route that others with higher rank cover can never win', () => {
  assert.deepEqual(found(route('all', '/*', { priority: 1 }), route('x', '/x')), ['x by all shadowed'])
  assert.deepEqual(found(route('all', '~/.*'), route('x', '/x/{id}')), ['x by all shadowed'])
  assert.deepEqual(
    found(
      route('a', '/x', { methods: ['GET'] }),
      route('b', '/x', { methods: ['POST'] }),
      route('c', '/x', { methods: ['GET', 'POST'] }),
    ),
    ['c by a shadowed'],
  )
  assert.deepEqual(found(route('a', '/x', { methods: ['GET'] }), route('b', '/x', { methods: ['HEAD'] })), [
    'b by a shadowed',
  ])
  assert.deepEqual(
    found(route('bare', '/a'), route('slash', '/a/'), route('deep', '/a/{x}/*'), route('rest', '/a/*')),
    ['rest by deep shadowed'],
  )
  assert.deepEqual(
    found(
      route('with', '/x', { conditions: header('v', true) }),
      route('without', '/x', { conditions: header('v', null) }),
      route('x', '/x'),
    ),
    ['x by without shadowed'],
  )
  assert.deepEqual(
    found(
      route('hi', '/x/{id}', { priority: 1, hosts: ['*.example.com'] }),
      route('lo', '/x/1', { hosts: ['a.example.com', '{t}.example.com'] }),
    ),
    ['lo by hi shadowed'],
  )
  assert.deepEqual(found(route('hi', '/f/{n:[0-9]+}', { priority: 1 }), route('lo', '/f/42')), ['lo by hi shadowed'])
})

test('a route that wins somewhere is not reported, however little is left to it', () => {
  assert.deepEqual(found(route('hi', '/x/{id:[0-9]+}', { priority: 1 }), route('lo', '/x/{id}')), [])
  assert.deepEqual(found(route('hi', '/x', { priority: 1, conditions: header('v', '1') }), route('lo', '/x')), [])
  assert.deepEqual(found(route('hi', '/*', { priority: 1, methods: ['GET'] }), route('lo', '/x')), [])
  assert.deepEqual(
    found(route('a', ['/x', '/y']), route('b', '/x', { listeners: ['main', 'other'], methods: ['GET'] })),
    [],
  )
  assert.deepEqual(
    found(
      route('hi', '/x', { priority: 1, conditions: [{ kind: 'ip', name: '', matcher: ['10.0.0.0/8'] }] }),
      route('lo', '/x'),
    ),
    [],
  )
})

test('a route whose conditions look at one field twice is reported only when others surely cover it', () => {
  const twice: ConflictEntry['conditions'] = [
    { kind: 'query', name: 'n', matcher: true },
    { kind: 'query', name: 'n', matcher: '2' },
  ]
  assert.deepEqual(found(route('a', '/x', { priority: -1 }), route('b', '/x', { conditions: twice })), [])
  assert.deepEqual(found(route('a', '/x', { priority: 1 }), route('b', '/x', { conditions: twice })), [
    'b by a shadowed',
  ])
})

test('GW2031 two routes of equal rank that take a common request are a warning, once for each loser', () => {
  assert.deepEqual(findConflicts([route('b', '/f/{n:[0-9]+}'), route('a', '/f/{n:[0-9a-f]+}')]), [
    { kind: 'rank', code: 'GW2031', route: 0, by: 1, listener: 'main' },
  ])
  assert.deepEqual(found(route('a', '/f/{n:[0-9]+}'), route('b', '/f/{n:[a-f]+}')), [])
  assert.deepEqual(found(route('a', '/f/{n}.pdf'), route('b', '/f/r{n}')), ['b by a rank'])
  assert.deepEqual(found(route('a', '/x', { methods: ['GET'] }), route('b', '/x', { methods: ['GET', 'POST'] })), [
    'b by a rank',
  ])
  assert.deepEqual(
    found(route('a', '/x', { conditions: header('v', '1') }), route('b', '/x', { conditions: header('w', '1') })),
    ['b by a rank'],
  )
  assert.deepEqual(
    found(
      route('a', '/x', { conditions: header('v', '1') }),
      route('b', '/x', { conditions: header('V', ['1', '2']) }),
    ),
    ['b by a rank'],
  )
  assert.deepEqual(found(route('a', '~/x/[0-9]+'), route('b', '~/x/[1-9]+')), ['b by a rank'])
})

test('entries with patterns that are not valid are left out', () => {
  assert.deepEqual(found(route('bad', '/x/*/y'), route('a', '/x'), route('b', '/x')), ['b by a same'])
})

const served = (entries: readonly RouterEntry<number>[]): ConflictEntry[] =>
  entries.map((entry) => ({ ...entry, listeners: ['main'] }))

test('a route reported as unreachable never wins, over random routes and requests', () => {
  let reported = 0
  fc.assert(
    fc.property(
      arbitraryEntries({ expressions: true, addresses: true }),
      fc.array(arbitraryInput, { minLength: 12, maxLength: 12 }),
      (entries, inputs) => {
        const conflicts = findConflicts(served(entries)).filter((conflict) => conflict.code === 'GW1301')
        reported += conflicts.length
        const router = createRouter(entries)
        const dead = new Set(conflicts.map((conflict) => conflict.route))
        for (const input of inputs) assert.ok(!dead.has(router.match(input).value ?? -1))
      },
    ),
    { numRuns: 3_000 },
  )
  assert.ok(reported > 100, `${reported} reported`)
})

/** Every request that matters for a route of the finite grammar, and more. */
function* requestsOf(entry: RouterEntry<number>, all: readonly RouterEntry<number>[]): Generator<MatchInput> {
  const names = new Set(
    all.flatMap((other) => other.conditions.map((condition) => `${condition.kind} ${condition.name}`)),
  )
  let facts: string[][][] = [[]]
  for (const name of names)
    facts = facts.flatMap((list) =>
      ['', '1', '2', '3', 'x'].map((value) => (value === '' ? list : [...list, [...name.split(' '), value]])),
    )
  const hosts =
    entry.hosts.length === 0
      ? ['nowhere']
      : entry.hosts.flatMap((host) =>
          /^[*{]/.test(host)
            ? [`q.${host.split('.').slice(1).join('.')}`, `q.q.${host.split('.').slice(1).join('.')}`]
            : [host],
        )
  for (const pattern of entry.paths) {
    const base = pattern.replace(/\{[^}]*\}/g, 'q').replace(/\/\*$/, '')
    const paths = pattern.endsWith('/*')
      ? ['', '/', '/q', '/q/', '/q/q', '/q/q/q/q/q'].map((end) => base + end || '/')
      : [base]
    for (const path of paths) {
      for (const host of hosts) {
        for (const method of entry.methods.length === 0 ? ['PATCH'] : [...entry.methods, 'HEAD']) {
          for (const list of facts) {
            const values = (kind: string, joint: string): string =>
              list
                .filter((fact) => fact[0] === kind)
                .map((fact) => `${fact[1]}=${fact[2]}`)
                .join(joint)
            const fields = Fields.of(...list.filter((fact) => fact[0] === 'headers').flatMap((fact) => fact.slice(1)))
            if (values('cookies', '; ') !== '') fields.append('cookie', values('cookies', '; '))
            yield { method, host, path, query: values('query', '&'), fields, address: '203.0.113.9' }
          }
        }
      }
    }
  }
}

test('without expressions a route that is not reported wins some request, over random routes', () => {
  let reported = 0
  fc.assert(
    fc.property(arbitraryEntries({ expressions: false, addresses: false }), (entries) => {
      const names = new Set(
        entries.flatMap((entry) => entry.conditions.map((condition) => `${condition.kind} ${condition.name}`)),
      )
      fc.pre(names.size <= 3)
      const router = createRouter(entries)
      const dead = new Set(
        findConflicts(served(entries))
          .filter((conflict) => conflict.code === 'GW1301')
          .map((conflict) => conflict.route),
      )
      for (const entry of entries) {
        let wins = false
        for (const input of requestsOf(entry, entries)) {
          wins = router.match(input).value === entry.value
          if (wins) break
        }
        assert.equal(wins, !dead.has(entry.value), `route ${entry.name}`)
        if (dead.has(entry.value)) reported++
      }
    }),
    { numRuns: 800 },
  )
  assert.ok(reported > 50, `${reported} reported`)
})
