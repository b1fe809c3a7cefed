import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { createPeer, PeerError } from './peer.ts'

type Theirs = {
  double(value: number): number
  fail(value: string): never
  silence(value: undefined): Promise<void>
}

const join = (t: { after(end: () => void): void }) => {
  const { port1, port2 } = new MessageChannel()
  t.after(() => {
    port1.close()
    port2.close()
  })
  const told: unknown[] = []
  createPeer(port2, {
    double: (value: number) => value * 2,
    fail: (value: string): never => {
      throw new Error(value)
    },
    silence: () => new Promise<void>(() => {}),
    note: (value: unknown) => void told.push(value),
  })
  return { peer: createPeer<Theirs, Record<string, never>>(port1, {}), told }
}

test('a call is answered by the other side, in whatever order answers come', async (t) => {
  const { peer } = join(t)
  const answers = await Promise.all([1, 2, 3].map((n) => peer.call('double', n)))
  assert.deepEqual(answers, [2, 4, 6])
})

test("the other side's error rejects the call with its text", async (t) => {
  const { peer } = join(t)
  await assert.rejects(peer.call('fail', 'no such code'), (e) => e instanceof PeerError && e.message === 'no such code')
})

test('a call that gets no answer rejects after its timeout', async (t) => {
  const { peer } = join(t)
  await assert.rejects(peer.call('silence', undefined, { timeout: 20 }), /no answer in 20 ms/)
})

test('closing rejects what waits and what comes later', async (t) => {
  const { peer } = join(t)
  const waits = peer.call('silence', undefined)
  peer.close('the worker ended')
  await assert.rejects(waits, /the worker ended/)
  await assert.rejects(peer.call('double', 1), /the worker ended/)
})
