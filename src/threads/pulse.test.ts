import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPulse } from './pulse.ts'

const block = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
}
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

test('11.5 a loop that stands still again and again shows as lag', async (t) => {
  const pulse = startPulse()
  t.after(() => pulse.stop())
  let most = 0
  for (let i = 0; i < 8; i++) {
    block(350)
    await turn()
    most = Math.max(most, pulse.vitals.lag)
  }
  assert.ok(most >= 100, String(most))
})

test('11.5 a single stall is no overload', async (t) => {
  const pulse = startPulse()
  t.after(() => pulse.stop())
  const seen: number[] = []
  block(2_000)
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    seen.push(pulse.vitals.lag)
  }
  assert.ok(Math.max(...seen) < 1_000, String(seen))
})

test('11.5 the heap shows as a share of its limit', async (t) => {
  const pulse = startPulse()
  t.after(() => pulse.stop())
  while (pulse.vitals.heap === 0) await new Promise((resolve) => setTimeout(resolve, 50))
  assert.ok(pulse.vitals.heap < 1)
})
