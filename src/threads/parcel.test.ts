import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { RouteSnapshot, Snapshot } from '../contract/snapshot.ts'
import { createAssembler } from './assembler.ts'
import { policyOf, routeOf, snapshotOf } from './fixtures/snapshot.ts'
import { memoOf, packSnapshot, pieceSize } from './parcel.ts'

const plain = (snapshot: Snapshot): unknown => JSON.parse(JSON.stringify(snapshot))
const bytesOf = (pieces: readonly SharedArrayBuffer[]): number =>
  pieces.reduce((sum, piece) => sum + piece.byteLength, 0)

const policies: fc.Arbitrary<{ name: string; options: string; line: number }[]> = fc.array(
  fc.record({
    name: fc.constantFrom('cors', 'headers', 'timeout'),
    options: fc.json(),
    line: fc.integer({ min: 1, max: 30 }),
  }),
  { maxLength: 4 },
)
const routes: fc.Arbitrary<RouteSnapshot[]> = fc.array(
  fc
    .record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'é'), line: fc.integer({ min: 1, max: 90 }), policies })
    .map(({ name, line, policies }) =>
      routeOf(
        name,
        line,
        policies.map((p) => policyOf(p.name, JSON.parse(p.options), p.line)),
      ),
    ),
  { maxLength: 12 },
)

test('what is packed and read again is the snapshot, first as a whole and then by what changed', async () => {
  await fc.assert(
    fc.asyncProperty(routes, routes, async (first, second) => {
      const assembler = createAssembler()
      const a = snapshotOf({ routes: first })
      const packed = packSnapshot(a)
      assert.deepEqual(plain(await assembler.read(packed.full)), plain(a))
      await assembler.commit()
      const b = snapshotOf({ routes: second, hash: 'bbbbbbbbbbbb' })
      const next = packSnapshot(b, packed.memo)
      const read = await assembler.read(next.changed)
      await assembler.commit()
      assert.deepEqual(plain(read), plain(b))
      assert.deepEqual(plain(await createAssembler().read(next.full)), plain(b))
    }),
    { numRuns: 200 },
  )
})

const shared = policyOf('securityHeaders', { hsts: true }, 2)
const many = (count: number, shift: number, skip = -1): Snapshot =>
  snapshotOf({
    routes: Array.from({ length: count }, (_, i) =>
      routeOf(`route${i}`, i + shift, [{ ...shared }, policyOf('timeout', { total: 5000 }, i + shift)]),
    ).filter((_, i) => i !== skip),
  })

test('an unchanged route is the same object although lines moved, and its position is the new one after commit', async () => {
  const assembler = createAssembler()
  const packed = packSnapshot(many(300, 10))
  const before = await assembler.read(packed.full)
  await assembler.commit()
  const next = packSnapshot(many(300, 17), packed.memo)
  assert.equal(bytesOf(next.changed.pieces), 0)
  const after = await assembler.read(next.changed)
  assert.equal(before.routes[5], after.routes[5])
  assert.equal(after.routes[5]?.origin?.line, 15)
  await assembler.commit()
  assert.equal(after.routes[5]?.origin?.line, 22)
  assert.equal(after.routes[5]?.policies[1]?.origin?.line, 22)
})

test('removing a route in the middle of equal ones changes no other item', async () => {
  const packed = packSnapshot(many(300, 10))
  const next = packSnapshot(many(300, 10, 150), packed.memo)
  assert.equal(bytesOf(next.changed.pieces), 0)
  assert.equal((await createAssembler().read(next.full)).routes.length, 299)
})

test('no piece is longer than its size when items are small, and shared policies travel once', () => {
  const { full } = packSnapshot(many(3000, 10))
  assert.ok(full.pieces.length > 5)
  for (const piece of full.pieces) assert.ok(piece.byteLength <= pieceSize)
  const text = full.pieces.map((piece) => Buffer.from(piece).toString()).join('\n')
  assert.equal(text.split('"securityHeaders"').length - 1, 1)
})

test('a parcel of changes is refused by a thread that has not what it builds on', async () => {
  const packed = packSnapshot(many(3, 10))
  const next = packSnapshot(many(4, 10), packed.memo)
  await assert.rejects(createAssembler().read(next.changed), /missing/)
})

test('a reading that was not committed leaves the running items as they were', async () => {
  const assembler = createAssembler()
  const packed = packSnapshot(many(20, 10))
  const before = await assembler.read(packed.full)
  await assembler.commit()
  await assembler.read(packSnapshot(many(25, 30), packed.memo).changed)
  const again = await assembler.read(packSnapshot(many(20, 10), packed.memo).changed)
  await assembler.commit()
  assert.equal(again.routes[3], before.routes[3])
  assert.equal(again.routes[3]?.origin?.line, 13)
})

test('the memo made from a parcel numbers items as the one made by packing', async () => {
  const packed = packSnapshot(many(50, 10))
  const { changed } = packSnapshot(many(50, 12), memoOf(packed.full))
  assert.equal(bytesOf(changed.pieces), 0)
  assert.deepEqual(Buffer.from(memoOf(packed.full)), Buffer.from(packed.memo))
})
