import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { exchangeLike, factsLike, routeLike } from './exchange.fixture.ts'
import { clearSlots, foldWorker } from './fold.ts'
import { frameKind, readFrames } from './frames.ts'
import { bucketBounds, bucketOf, histogramWidth, sumOffset } from './buckets.ts'
import {
  codeNames,
  codesAt,
  counterNames,
  gaugeNames,
  gaugesAt,
  serviceHistogram,
  targetCell,
  totalHistogram,
} from './layout.ts'
import { attachMemory, createMemory, growMemory } from './memory.ts'
import { readMemory } from './reading.ts'
import { RingReader } from './ring.ts'
import { columnLabels, statusColumns } from './statuses.ts'
import { createTelemetry } from './telemetry.ts'

const small = { workers: 2, lineBytes: 1 << 16, frameBytes: 4096 }
const counter = (name: (typeof counterNames)[number]): number => counterNames.indexOf(name)

test('what several workers count is one sum, and stays so when one of them dies', () => {
  const handles = createMemory(small)
  const memory = attachMemory(handles)
  const [one, two] = [createTelemetry(handles, 0), createTelemetry(handles, 1)]
  for (const worker of [one, two, two]) {
    worker.exchangeEnded(exchangeLike(), routeLike('orders', 1), factsLike())
    worker.add('connections_total', 1)
    worker.gauge('connections', 1)
    worker.target(3, 'request', 1)
    worker.target(3, 'ejected', 1)
  }
  const check = (gauge: number, out: number): void => {
    const { totals, row } = readMemory(memory)
    assert.equal(row('routes', 1)[columnLabels(memory.statuses).indexOf('200')], 3)
    assert.equal(totals[counter('connections_total')], 3)
    assert.equal(totals[counter('response_bytes_total')], 3 * 512)
    assert.equal(totals[gaugesAt + gaugeNames.indexOf('connections')], gauge)
    assert.equal(row('targets', 3)[targetCell.request], 3)
    assert.equal(row('targets', 3)[targetCell.out], out)
  }
  check(3, 2)
  foldWorker(memory, 1)
  check(1, 1)
  foldWorker(memory, 0)
  check(0, 0)
  createTelemetry(handles, 1).exchangeEnded(exchangeLike(), routeLike('orders', 1), factsLike())
  assert.equal(readMemory(memory).row('routes', 1)[columnLabels(memory.statuses).indexOf('200')], 4)
})

test('the buckets of a histogram sum up to the answers, and each duration stands in its own', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { maxLength: 60 }), (durations) => {
      const handles = createMemory(small)
      const telemetry = createTelemetry(handles, 0, { access: false })
      const expected = new Float64Array(histogramWidth)
      for (const duration of durations) {
        const serviceTime = duration / 2
        telemetry.exchangeEnded(
          exchangeLike({ startedAt: 0 }),
          routeLike('a', 0),
          factsLike({ endedAt: duration, serviceTime }),
        )
        const bucket = bucketBounds.findIndex((bound) => duration <= bound)
        const at = bucket < 0 ? bucketBounds.length : bucket
        expected[at] = (expected[at] as number) + 1
        expected[sumOffset] = (expected[sumOffset] as number) + duration
      }
      const row = readMemory(attachMemory(handles)).row('routes', 0)
      assert.deepEqual(row.slice(totalHistogram, totalHistogram + histogramWidth), expected)
      const service = row.slice(serviceHistogram, serviceHistogram + sumOffset)
      assert.equal(
        service.reduce((sum, value) => sum + value, 0),
        durations.length,
      )
    }),
  )
  assert.equal(bucketOf(Number.NaN), 0)
  assert.equal(bucketOf(-5), 0)
})

test('an answer without an attempt is not counted as time of a service', () => {
  const handles = createMemory(small)
  createTelemetry(handles, 0).exchangeEnded(exchangeLike({ attempts: 0 }), routeLike('a', 0), factsLike())
  const row = readMemory(attachMemory(handles)).row('routes', 0)
  assert.ok(row.subarray(serviceHistogram).every((value) => value === 0))
})

test('11.13 any number of statuses stays in the columns there are, and no answer is lost from the sum', () => {
  const handles = createMemory(small)
  const memory = attachMemory(handles)
  const telemetry = createTelemetry(handles, 0, { access: false })
  for (let status = 100; status <= 599; status++) {
    telemetry.exchangeEnded(exchangeLike(), routeLike('a', 0), factsLike({ status }))
  }
  for (const status of [0, 99, 600, 200.5, Number.NaN, -1, 101_000]) {
    telemetry.exchangeEnded(exchangeLike(), routeLike('a', 0), factsLike({ status }))
  }
  const row = readMemory(memory).row('routes', 0)
  const labels = columnLabels(memory.statuses)
  assert.equal(
    row.subarray(0, statusColumns).reduce((sum, value) => sum + value, 0),
    500,
  )
  assert.equal(row[labels.indexOf('404')], 1)
  assert.equal(row[labels.indexOf('100')], 1)
  const fives = labels.filter((label) => label?.startsWith('5') === true)
  assert.equal(
    fives.reduce((sum, label) => sum + (row[labels.indexOf(label)] as number), 0),
    100,
  )
})

test('two workers that meet a new status use one column', () => {
  const handles = createMemory(small)
  const memory = attachMemory(handles)
  for (const worker of [0, 1]) {
    createTelemetry(handles, worker).exchangeEnded(exchangeLike(), routeLike('a', 0), factsLike({ status: 418 }))
  }
  assert.equal(readMemory(memory).row('routes', 0)[columnLabels(memory.statuses).indexOf('418')], 2)
})

test('a slot beyond the memory is not counted until the memory grows, and growing keeps what was counted', () => {
  const handles = createMemory(small)
  const telemetry = createTelemetry(handles, 0)
  const far = routeLike('far', 700)
  telemetry.exchangeEnded(exchangeLike(), routeLike('near', 1), factsLike())
  telemetry.exchangeEnded(exchangeLike(), far, factsLike())
  const grown = growMemory(handles, { routes: 701, targets: 300 })
  telemetry.grow(grown)
  telemetry.exchangeEnded(exchangeLike(), far, factsLike())
  telemetry.target(299, 'failure', 1)
  const { row } = readMemory(attachMemory(grown))
  assert.equal(row('routes', 1)[0], 1)
  assert.equal(row('routes', 700)[0], 1)
  assert.equal(row('targets', 299)[targetCell.failure], 1)
  assert.equal(row('routes', 100_000).length, 0)
})

test('10,000 routes take less than 8 MB of shared memory for each worker', () => {
  const bytes = (workers: number): number => {
    const { tables } = createMemory({ workers, routes: 10_000 })
    return tables.routes.reduce((sum, segment) => sum + segment.byteLength, 0)
  }
  assert.ok(bytes(2) - bytes(1) < 8 << 20)
})

test('a slot that gets another name starts from nothing, in every column', () => {
  const handles = createMemory(small)
  const memory = attachMemory(handles)
  for (const worker of [0, 1]) {
    createTelemetry(handles, worker).exchangeEnded(exchangeLike(), routeLike('old', 5), factsLike())
    createTelemetry(handles, worker).exchangeEnded(exchangeLike(), routeLike('other', 6), factsLike())
  }
  foldWorker(memory, 0)
  clearSlots(memory, 'routes', [5, 99_999])
  assert.ok(
    readMemory(memory)
      .row('routes', 5)
      .every((value) => value === 0),
  )
  assert.equal(readMemory(memory).row('routes', 6)[0], 2)
})

test('a refused request counts for its listener and its code, and leaves a record', () => {
  const handles = createMemory(small)
  const memory = attachMemory(handles)
  const telemetry = createTelemetry(handles, 0, { time: () => 0 })
  telemetry.refused(17, 'web', 400, 'GW4000', '203.0.113.9', 'bad "field"\r\n', 'req_7')
  assert.equal(readMemory(memory).row('listeners', 17).length, 0)
  telemetry.refused(2, 'web', 400, 'GW4000', '203.0.113.9', 'x')
  const reading = readMemory(memory)
  assert.equal(reading.row('listeners', 2)[columnLabels(memory.statuses).indexOf('400')], 1)
  assert.equal(reading.totals[counter('rejected_total')], 2)
  assert.equal(reading.totals[codesAt + codeNames.indexOf('GW4000')], 2)
  const lines = new RingReader(handles.rings[0]?.lines as SharedArrayBuffer)
    .read()
    ?.toString('latin1')
    .trimEnd()
    .split('\n')
  assert.deepEqual(JSON.parse(lines?.[0] ?? ''), {
    time: '1970-01-01T00:00:00.000Z',
    id: 'req_7',
    status: 400,
    listener: 'web',
    client: '203.0.113.9',
    code: 'GW4000',
    detail: 'bad "field"\r\n',
    source: 'gateway',
  })
})

test('11.11 a full ring drops records and counts them; requests are counted all the same', () => {
  const handles = createMemory({ workers: 1, lineBytes: 1024, frameBytes: 256 })
  const telemetry = createTelemetry(handles, 0)
  for (let turn = 0; turn < 10; turn++) telemetry.exchangeEnded(exchangeLike(), routeLike('a', 0), factsLike())
  for (let turn = 0; turn < 10; turn++) telemetry.log('warn', 'something happened')
  const { totals, row } = readMemory(attachMemory(handles))
  const ring = handles.rings[0] as (typeof handles.rings)[number]
  const lines = new RingReader(ring.lines).read()?.toString('latin1').split('\n').length ?? 1
  let entries = 0
  readFrames(new RingReader(ring.frames).read() as Buffer, (kind, content) => {
    assert.equal(kind, frameKind.log)
    assert.equal((JSON.parse(content.toString()) as { msg: string }).msg, 'something happened')
    entries++
  })
  assert.ok(lines > 1 && entries > 0)
  assert.equal(totals[counter('log_dropped_total')], 20 - (lines - 1) - entries)
  assert.equal(row('routes', 0)[0], 10)
})

test('the log level decides what a worker tells', () => {
  const handles = createMemory(small)
  const telemetry = createTelemetry(handles, 0, { level: 'warn' })
  telemetry.log('info', 'quiet')
  telemetry.log('error', 'loud')
  const run = new RingReader(handles.rings[0]?.frames as SharedArrayBuffer).read()?.toString('latin1') ?? ''
  assert.ok(run.includes('loud') && !run.includes('quiet'))
})

test('without a sink no access record is made', () => {
  const handles = createMemory(small)
  createTelemetry(handles, 0, { access: false }).exchangeEnded(exchangeLike(), routeLike('a', 0), factsLike())
  assert.equal(new RingReader(handles.rings[0]?.lines as SharedArrayBuffer).read(), undefined)
})

test('a reload may change level, masked names and whether records are made', () => {
  const handles = createMemory(small)
  const telemetry = createTelemetry(handles, 0)
  const ring = new RingReader(handles.rings[0]?.lines as SharedArrayBuffer)
  const frames = new RingReader(handles.rings[0]?.frames as SharedArrayBuffer)
  const request = (): string => {
    telemetry.exchangeEnded(exchangeLike({ request: { query: 'card=1' } }), routeLike('a', 0), factsLike())
    return ring.read()?.toString('latin1') ?? ''
  }
  assert.ok(request().includes('?card=1'))
  telemetry.configure({ level: 'error', redact: ['card'], access: true })
  assert.ok(request().includes('?card=***'))
  telemetry.log('warn', 'quiet')
  assert.equal(frames.read(), undefined)
  telemetry.configure({ access: false })
  assert.equal(request(), '')
  telemetry.log('info', 'loud')
  assert.ok(frames.read() !== undefined)
})
