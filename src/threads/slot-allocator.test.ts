import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createSlotAllocator, type SlotNames } from './slot-allocator.ts'

const names = (routes: readonly string[]): SlotNames => ({ listeners: ['main'], routes, services: [], targets: [] })

test('a name keeps its slot for as long as any load names it, and the slot is used again afterwards', () => {
  const allocator = createSlotAllocator()
  const first = allocator.assign(1, names(['main a', 'main b']))
  const second = allocator.assign(2, names(['main b', 'main c']))
  assert.equal(second.routes['main b'], first.routes['main b'])
  assert.equal(second.routes['main c'], 2)
  assert.deepEqual(allocator.release(1), [{ section: 'routes', slot: 0, name: 'main a' }])
  assert.equal(allocator.assign(3, names(['main d'])).routes['main d'], 0)
  assert.equal(allocator.sizes().routes, 3)
})

test('no two living names of a section ever share a slot, whatever comes and goes', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', 'constructor')
  fc.assert(
    fc.property(
      fc.array(fc.array(name, { maxLength: 5 }), { maxLength: 30 }),
      fc.infiniteStream(fc.boolean()),
      (loads, coin) => {
        const allocator = createSlotAllocator()
        const living: number[] = []
        const tables = new Map<number, Readonly<Record<string, number>>>()
        loads.forEach((routes, load) => {
          tables.set(load, allocator.assign(load, names(routes)).routes)
          living.push(load)
          if (coin.next().value === true) {
            const gone = living.shift() as number
            allocator.release(gone)
            tables.delete(gone)
          }
          const owners = new Map<number, string>()
          for (const table of tables.values())
            for (const [key, slot] of Object.entries(table)) {
              assert.ok(slot >= 0 && slot < allocator.sizes().routes)
              assert.equal(owners.get(slot) ?? key, key)
              owners.set(slot, key)
            }
        })
      },
    ),
  )
})
