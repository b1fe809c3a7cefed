import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPulse } from './pulse.ts'

test('11.5 a loop that stood still shows as lag, and the heap as a share of its limit', async (t) => {
  const pulse = startPulse()
  t.after(() => pulse.stop())
  await new Promise((resolve) => setTimeout(resolve, 20))
  for (const until = performance.now() + 400; performance.now() < until;);
  const seen: number[] = []
  for (let i = 0; i < 14; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    seen.push(pulse.vitals.lag)
  }
  assert.ok(Math.max(...seen) >= 200, String(seen))
  assert.ok(pulse.vitals.heap > 0 && pulse.vitals.heap < 1)
})
