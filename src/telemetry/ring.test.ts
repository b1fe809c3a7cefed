import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import * as fc from 'fast-check'
import { frameKind, readFrames, writeFrame } from './frames.ts'
import { ringHeaderBytes, RingReader, RingWriter } from './ring.ts'

const shared = (size: number): SharedArrayBuffer => new SharedArrayBuffer(ringHeaderBytes + size)

test('a ring gives back what was written, in order, over any number of turns', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'binary-ascii', maxLength: 90 }), fc.constant(undefined)), {
        maxLength: 200,
      }),
      (script) => {
        const memory = shared(128)
        const writer = new RingWriter(memory)
        const reader = new RingReader(memory)
        let waiting = ''
        for (const step of script) {
          if (step === undefined) {
            assert.equal(reader.read()?.toString('latin1') ?? '', waiting)
            waiting = ''
          } else {
            const fits = waiting.length + step.length <= 128
            assert.equal(writer.write(step), fits)
            if (fits) waiting += step
          }
          assert.equal(reader.waiting, waiting.length)
        }
      },
    ),
  )
})

test('a ring keeps its order when its 32-bit positions run over', () => {
  const memory = shared(64)
  const marks = new Int32Array(memory)
  marks[0] = marks[16] = 0x7fff_ffff - 20
  const writer = new RingWriter(memory)
  const reader = new RingReader(memory)
  for (let turn = 0; turn < 20; turn++) {
    assert.equal(writer.write(`${turn} `.padEnd(31, '.')), true)
    assert.equal(reader.read()?.toString('latin1'), `${turn} `.padEnd(31, '.'))
  }
})

test('a writer that takes over goes on where the last one stopped, and so does a reader', () => {
  const memory = shared(64)
  new RingWriter(memory).write('one ')
  new RingWriter(memory).write('two ')
  assert.equal(new RingReader(memory).read()?.toString('latin1'), 'one two ')
  new RingWriter(memory).write('three')
  assert.equal(new RingReader(memory).read()?.toString('latin1'), 'three')
})

test('a ring that is no power of two is refused', () => {
  assert.throws(() => new RingWriter(shared(100)), RangeError)
})

test('two threads: every line arrives whole and in order, and those that do not are counted by the writer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 8, max: 700 }), { minLength: 500, maxLength: 4000 }),
      async (lengths) => {
        const memory = shared(4096)
        const reader = new RingReader(memory)
        const worker = new Worker(new URL('ring-writer.fixture.ts', import.meta.url), {
          workerData: { shared: memory, lengths },
        })
        let last = -1
        let received = 0
        const take = (): void => {
          const run = reader.read()
          if (run === undefined) return
          assert.equal(run.at(-1), 10)
          for (const line of run.toString('latin1').slice(0, -1).split('\n')) {
            const index = Number.parseInt(line, 10)
            assert.ok(index > last)
            assert.equal(line, `${index}:`.padEnd(lengths[index] as number, String.fromCharCode(97 + (index % 26))))
            last = index
            received++
          }
        }
        const timer = setInterval(take, 0)
        const [{ dropped }] = (await once(worker, 'message')) as [{ dropped: number }]
        clearInterval(timer)
        take()
        assert.equal(received + dropped, lengths.length)
        await worker.terminate()
      },
    ),
    { numRuns: 8 },
  )
})

test('frames come back with their kind and content', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii', maxLength: 400 }), { maxLength: 20 }), (contents) => {
      const memory = shared(16_384)
      const writer = new RingWriter(memory)
      for (const content of contents) assert.equal(writeFrame(writer, frameKind.log, content), true)
      const seen: string[] = []
      const run = new RingReader(memory).read()
      if (run !== undefined) {
        readFrames(run, (kind, content) => {
          assert.equal(kind, frameKind.log)
          seen.push(content.toString('latin1'))
        })
      }
      assert.deepEqual(seen, contents)
    }),
  )
})
