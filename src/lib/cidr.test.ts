import assert from 'node:assert/strict'
import { BlockList, isIP } from 'node:net'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { normalizeAddress } from './address.ts'
import { createAddressSet, parseCidr } from './cidr.ts'

test('addresses are written in their shortest form', () => {
  const forms: readonly (readonly [string, string | undefined])[] = [
    ['192.0.2.7', '192.0.2.7'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::', '::'],
    ['1::', '1::'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['fe80::1%eth0', undefined],
    ['192.0.2.07', undefined],
    ['192.0.2', undefined],
    ['192.0.2.256', undefined],
    ['192.0.2.1.', undefined],
    ['1:2:3:4:5:6:7', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7::8', undefined],
    [':1', undefined],
    ['1:', undefined],
    ['12345::', undefined],
    ['::1.2.3', undefined],
    ['', undefined],
    ['x', undefined],
    ['0x7f.1.1.1', undefined],
  ]
  for (const [text, shortest] of forms) assert.equal(normalizeAddress(text), shortest, text)
})

const inV4 = (address: string, base: string, bits: number): boolean => {
  const list = new BlockList()
  list.addSubnet(base, bits, 'ipv4')
  return list.check(address, 'ipv4')
}

const byte = fc.integer({ min: 0, max: 255 })
const v4 = fc.tuple(byte, byte, byte, byte).map((parts) => parts.join('.'))
const group = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
)
const v6 = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((part) => part.toString(16)).join(':'))
const v6Short = v6.map((text) => new URL(`http://[${text}]`).hostname.slice(1, -1))
const garbage = fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.', '::', '2', 'g', '%'), maxLength: 12 })

test('what is an address, and its shortest form, is as node:net and the URL parser have it', () => {
  fc.assert(
    fc.property(fc.oneof(v4, v6, v6Short, garbage), (text) => {
      const normal = normalizeAddress(text)
      if (text.includes('%')) return assert.equal(normal, undefined)
      assert.equal(normal !== undefined, isIP(text) !== 0, text)
      if (normal === undefined || !normal.includes(':')) return
      assert.equal(`[${normal}]`, new URL(`http://[${text}]`).hostname, text)
    }),
    { numRuns: 5_000 },
  )
})

test('ranges are read strictly; bits behind the prefix do not count', () => {
  for (const text of [
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0/8',
    '::/129',
    '::ffff:10.0.0.0/90',
    '10.0.0.0/8/8',
    'a',
    '',
  ]) {
    assert.equal(parseCidr(text), undefined, text)
  }
  assert.deepEqual(parseCidr('10.1.2.3/8'), parseCidr('10.0.0.0/8'))
  assert.deepEqual(parseCidr('::ffff:10.0.0.0/104'), parseCidr('10.0.0.0/8'))
  assert.throws(() => createAddressSet(['10.0.0.0/8', 'nonsense']), /"nonsense" is not an address range/)
})

test('an empty set has nothing, a whole one everything of its version', () => {
  assert.equal(createAddressSet([]).has('10.0.0.1'), false)
  assert.equal(createAddressSet(['0.0.0.0/0']).has('203.0.113.9'), true)
  assert.equal(createAddressSet(['0.0.0.0/0']).has('::1'), false)
  assert.equal(createAddressSet(['::/0']).has('ffff::1'), true)
  assert.equal(createAddressSet(['::/0']).has('10.0.0.1'), false)
  assert.equal(createAddressSet(['10.0.0.0/8']).has('::ffff:10.2.3.4'), true)
  assert.equal(createAddressSet(['10.0.0.0/8']).has('10.2.3.4.5'), false)
})

test('a set has what BlockList has, over random ranges and addresses near their borders', () => {
  const range = fc.oneof(fc.tuple(v4, fc.integer({ min: 0, max: 32 })), fc.tuple(v6, fc.integer({ min: 0, max: 128 })))
  fc.assert(
    fc.property(
      fc.array(range, { maxLength: 8 }),
      fc.array(fc.oneof(v4, v6), { maxLength: 8 }),
      (ranges, addresses) => {
        const mapped = /^(0:){5}ffff:/
        fc.pre(![...ranges.map((item) => item[0]), ...addresses].some((text) => mapped.test(text)))
        const list = new BlockList()
        for (const [address, bits] of ranges) {
          if (address.includes(':')) list.addSubnet(address, bits, 'ipv6')
          else list.addSubnet(address, bits, 'ipv4')
        }
        const set = createAddressSet(ranges.map((item) => item.join('/')))
        const near = ranges.map(([address]) =>
          address.includes(':') ? address.replace(/[0-9a-f]+$/, 'ffff') : address.replace(/[0-9]+$/, '255'),
        )
        for (const address of [...addresses, ...near, ...ranges.map((item) => item[0])]) {
          // BlockList asks IPv6 rules about IPv4 addresses too; an operator who writes ::/0 does not mean those.
          const only = address.includes(':')
            ? list.check(address, 'ipv6')
            : ranges.some(([base, bits]) => !base.includes(':') && inV4(address, base, bits))
          assert.equal(set.has(address), only, `${address} in ${ranges.join(' ')}`)
        }
      },
    ),
    { numRuns: 3_000 },
  )
})
