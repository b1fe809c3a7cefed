import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { ClientFacts } from '../contract/exchange.ts'
import { Fields } from '../lib/fields.ts'
import { clientFacts, peerFacts } from './client-facts.ts'
import { createTrustedPeers } from './trusted-peers.ts'

const inside = ['10.0.0.0/8', '2001:db8::/32']
const behind = (
  spec: readonly string[] | number,
  headers: readonly string[],
  header = 'X-Forwarded-For',
  peer = '10.0.0.1',
): ClientFacts => clientFacts(peerFacts(peer, 4711, 'http'), Fields.of(...headers), createTrustedPeers(spec, header))

test('a client that speaks for itself is its socket, in the shortest form of its address', () => {
  assert.deepEqual(peerFacts('::ffff:192.0.2.7', 80, 'http'), {
    address: '192.0.2.7',
    peer: '192.0.2.7',
    port: 80,
    forwardedFor: '192.0.2.7',
    trusted: false,
    scheme: 'http',
  })
  assert.equal(peerFacts('2001:DB8:0:0:0:0:0:1', 80, 'http').address, '2001:db8::1')
  assert.equal(peerFacts('', 0, 'http').address, 'unix')
})

test('2.3 the zone of a link-local peer is no part of its address, so that lists of networks hold for it', () => {
  assert.equal(peerFacts('fe80::1%eth0', 80, 'http').address, 'fe80::1')
  assert.equal(
    behind(inside, ['x-forwarded-for', 'fe80::2%eth1, 10.0.0.9']).address,
    '10.0.0.9',
    'and none that stands in a field is believed',
  )
})

const rows: readonly (readonly [string, readonly string[] | number, string, string])[] = [
  [
    'the rightmost address that is not trusted is the client',
    inside,
    '203.0.113.9, 198.51.100.7, 10.0.0.2',
    '198.51.100.7',
  ],
  ['what stands left of it is a lie or not, and never read', inside, '10.0.0.5, 198.51.100.7', '198.51.100.7'],
  ['when all are trusted the leftmost is the client', inside, '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['an empty field leaves the peer', inside, '', '10.0.0.1'],
  [
    'an element that is no address ends the search where it stands',
    inside,
    '198.51.100.7, unknown, 10.0.0.2',
    '10.0.0.2',
  ],
  ['an empty element ends it too', inside, '198.51.100.7, , 10.0.0.2', '10.0.0.2'],
  [
    'ports are taken off, of IPv4 and of IPv6 in brackets',
    inside,
    '198.51.100.7:5123, [2001:db8::5]:443',
    '198.51.100.7',
  ],
  ['IPv6 without brackets is an address as it is', inside, '2001:4860::1, 2001:db8::5', '2001:4860::1'],
  ['mapped IPv4 is IPv4', inside, '::ffff:198.51.100.7, ::ffff:10.0.0.2', '198.51.100.7'],
  ['leading zeros are no address', inside, '198.51.100.007, 10.0.0.2', '10.0.0.2'],
  ['one hop takes the last element, whatever it is', 1, '203.0.113.9, 198.51.100.7', '198.51.100.7'],
  ['two hops take the one before', 2, '203.0.113.9, 198.51.100.7, 10.0.0.2', '198.51.100.7'],
  ['more hops than elements take the first', 5, '203.0.113.9, 198.51.100.7', '203.0.113.9'],
]
for (const [name, spec, field, expected] of rows) {
  test(`2.2 ${name}`, () => {
    assert.equal(behind(spec, ['x-forwarded-for', field]).address, expected)
    // As several fields it means the same (RFC 9110 §5.3).
    assert.equal(
      behind(
        spec,
        field.split(',').flatMap((part) => ['X-Forwarded-For', part.trim()]),
      ).address,
      expected,
    )
  })
}

test('RFC 7239 Forwarded is read by its own grammar', () => {
  const read = (...fields: string[]): string =>
    behind(
      inside,
      fields.flatMap((field) => ['forwarded', field]),
      'Forwarded',
    ).address
  assert.equal(read('for=198.51.100.7;proto=https;by=10.0.0.1, for=10.0.0.2'), '198.51.100.7')
  assert.equal(read('For="[2001:4860::1]:4711"', 'proto=http;FOR=10.0.0.2'), '2001:4860::1')
  assert.equal(read('for=198.51.100.7, for=_hidden, for=10.0.0.2'), '10.0.0.2')
  assert.equal(read('for=unknown'), '10.0.0.1')
  assert.equal(read('by=198.51.100.7'), '10.0.0.1', 'another parameter is not the client')
  assert.equal(read('host="a;for=203.0.113.1,b";for=198.51.100.7'), '198.51.100.7', 'what is quoted is no parameter')
})

test('the scheme is what the trusted peer says last, of two words only', () => {
  const scheme = (value: string): string => behind(inside, ['x-forwarded-proto', value]).scheme
  assert.deepEqual(['https', 'HTTPS', 'http, https', 'https, http', 'gopher', ''].map(scheme), [
    'https',
    'https',
    'https',
    'http',
    'http',
    'http',
  ])
  assert.equal(behind(inside, ['forwarded', 'for=198.51.100.7;proto=https'], 'forwarded').scheme, 'https')
})

test('services are told the client and every trusted proxy between, in order', () => {
  const facts = behind(inside, ['x-forwarded-for', '203.0.113.9, 198.51.100.7, 10.0.0.3, 10.0.0.2'])
  assert.equal(facts.forwardedFor, '198.51.100.7, 10.0.0.3, 10.0.0.2, 10.0.0.1')
  assert.deepEqual([facts.peer, facts.trusted, facts.port], ['10.0.0.1', true, 0])
})

test('2.3 of 200 elements at most 32 are read, from the right; 8 KiB of anything does no harm', () => {
  const facts = behind(inside, [
    'x-forwarded-for',
    ['203.0.113.9', ...Array.from({ length: 199 }, (_, i) => `10.0.1.${i}`)].join(', '),
  ])
  assert.equal(facts.address, '10.0.1.167')
  assert.equal(facts.forwardedFor.split(', ').length, 33)
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('1', '.', ',', ':', '[', ']', '"', '=', ';', 'f', 'for=', ' '),
        maxLength: 2_000,
      }),
      fc.constantFrom('X-Forwarded-For', 'Forwarded'),
      (text, header) => {
        const { address } = behind(inside, [header, text], header)
        assert.match(address, /^[0-9a-f.:]+$/)
      },
    ),
  )
})

test('over random chains the client is the rightmost that is not trusted', () => {
  const hop = fc.oneof(
    fc.constantFrom('10.1.2.3', '10.9.9.9', '2001:db8::9'),
    fc.constantFrom('198.51.100.7', '203.0.113.1', '2001:4860::1'),
  )
  fc.assert(
    fc.property(fc.array(hop, { maxLength: 12 }), (chain) => {
      const isTrusted = (address: string): boolean => address.startsWith('10.') || address.startsWith('2001:db8')
      const outside = chain.toReversed().find((address) => !isTrusted(address))
      const facts = behind(inside, ['x-forwarded-for', chain.join(', ')])
      assert.equal(facts.address, outside ?? chain[0] ?? '10.0.0.1')
    }),
  )
})
