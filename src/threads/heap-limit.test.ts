import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heapLimit } from './heap-limit.ts'

const MB = 2 ** 20

test('11.5 all workers together get half of the memory, each at least 128 MB and at most 4 GB', () => {
  assert.equal(heapLimit(4, 8192 * MB), 1024)
  assert.equal(heapLimit(8, 512 * MB), 128)
  assert.equal(heapLimit(1, 65536 * MB), 4096)
  assert.ok(heapLimit(1) >= 128)
})
