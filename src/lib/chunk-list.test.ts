import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { ChunkList } from './chunk-list.ts'

const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 40_000 })), { maxLength: 60 })
const bytesOf = (list: ChunkList): Buffer => Buffer.concat(list.pieces())

test('a list holds the bytes it was given, in order, though the chunks change afterwards', () => {
  fc.assert(
    fc.property(sizes, fc.nat(60), (lengths, copyAt) => {
      const list = new ChunkList()
      const given: Buffer[] = []
      let copy: ChunkList | undefined
      let before = Buffer.alloc(0)
      let value = 0
      for (const [index, length] of lengths.entries()) {
        if (index === copyAt) {
          copy = list.copy()
          before = Buffer.concat(given)
        }
        const lent = Buffer.alloc(length, ++value % 251)
        given.push(Buffer.from(lent))
        list.add(lent)
        lent.fill(255)
        // What goes into the copy is none of the list's business, nor the other way round.
        copy?.add(Buffer.alloc(3, 252))
      }
      const expected = Buffer.concat(given)
      assert.equal(list.size, expected.length)
      assert.ok(bytesOf(list).equals(expected))
      assert.ok(Buffer.from(list.joined()).equals(expected))
      if (copy === undefined) return
      const added = Buffer.alloc((lengths.length - copyAt) * 3, 252)
      assert.ok(bytesOf(copy).equals(Buffer.concat([before, added])))
    }),
    { numRuns: 300 },
  )
})

test('chunks of one byte are held in few pieces', () => {
  const list = new ChunkList()
  const one = Buffer.alloc(1, 'x')
  for (let i = 0; i < 100_000; i++) list.add(one)
  assert.ok(list.pieces().length < 16, `${list.pieces().length} pieces`)
})
