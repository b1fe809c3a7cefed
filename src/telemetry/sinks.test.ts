import assert from 'node:assert/strict'
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { LogSinkSnapshot } from '../contract/snapshot.ts'
import { exchangeLike, factsLike, routeLike } from './exchange.fixture.ts'
import { inheritedDestination } from './destination.ts'
import { createLog, type Log } from './log.ts'
import { createMemory, type MemoryHandles } from './memory.ts'
import { createOutput, type Output, queueBytes } from './output.ts'
import { createSinks, type Sinks } from './sinks.ts'
import { createTelemetry, type WorkerTelemetry } from './telemetry.ts'

const plain = { colour: false, unicode: true }

interface Bench {
  readonly folder: string
  readonly handles: MemoryHandles
  readonly workers: readonly WorkerTelemetry[]
  readonly entries: Record<string, unknown>[]
  readonly log: Log
}
const bench = (t: TestContext): Bench => {
  const folder = mkdtempSync(join(tmpdir(), 'sinks-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const handles = createMemory({ workers: 2, lineBytes: 1 << 16 })
  const entries: Record<string, unknown>[] = []
  const output = {
    write: (line: Buffer): unknown => entries.push(JSON.parse(line.toString()) as Record<string, unknown>),
  }
  return {
    folder,
    handles,
    workers: [createTelemetry(handles, 0), createTelemetry(handles, 1)],
    entries,
    log: createLog({ level: 'info', output }),
  }
}
const file = (path: string, over: Partial<LogSinkSnapshot> = {}): LogSinkSnapshot => ({
  name: 'file',
  to: 'file',
  path,
  format: 'json',
  rotate: undefined,
  ...over,
})
const request = (worker: WorkerTelemetry | undefined, id: string): void => {
  worker?.exchangeEnded(exchangeLike({ id }), routeLike('orders', 1), factsLike())
}
const ids = (path: string): string[] =>
  readFileSync(path, 'latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: string }).id)
const start = (of: Bench, sinks: readonly LogSinkSnapshot[]): Sinks =>
  createSinks({ handles: of.handles, sinks, log: of.log, style: plain })

test('records of all workers reach every sink, in its format, and the last ones before it closes', async (t) => {
  const of = bench(t)
  const [json, combined, pretty] = ['a.json', 'deep/folder/b.log', 'c.txt'].map((name) => join(of.folder, name))
  const sinks = start(of, [
    file(json as string),
    file(combined as string, { name: 'b', format: 'combined' }),
    file(pretty as string, { name: 'c', format: 'pretty' }),
  ])
  for (let turn = 0; turn < 20; turn++) request(of.workers[turn % 2], `r${turn}`)
  of.workers[0]?.log('warn', 'from a worker', { step: 'use' })
  await sinks.close(2000)
  assert.deepEqual(ids(json as string).toSorted(), Array.from({ length: 20 }, (_, turn) => `r${turn}`).toSorted())
  assert.match(
    readFileSync(combined as string, 'utf8'),
    /^(203\.0\.113\.7 - - \[02\/Jan\/2026:03:04:05 \+0000\] "GET \/orders\/1 HTTP\/1\.1" 200 512 "-" "-"\n){20}$/,
  )
  assert.match(
    readFileSync(pretty as string, 'utf8'),
    /^(\S+ {2}200 {2}GET {2}\/orders\/1 {7}13 ms {2}orders → 127\.0\.0\.1:4001 {3}r\d+\n){20}$/,
  )
  assert.deepEqual(
    of.entries.map((entry) => [entry['level'], entry['msg'], entry['step']]),
    [['warn', 'from a worker', 'use']],
  )
  for (const sink of sinks.stats()) assert.equal(sink.dropped, 0)
})

test('a file is rotated by size between whole lines, and only so many old ones are kept', async (t) => {
  const of = bench(t)
  const path = join(of.folder, 'access.log')
  const sinks = start(of, [file(path, { rotate: { size: 1000, keep: 3 } })])
  for (let turn = 0; turn < 30; turn++) request(of.workers[0], `r${turn}`)
  await sinks.close(2000)
  assert.deepEqual(readdirSync(of.folder).toSorted(), ['access.log', 'access.log.1', 'access.log.2', 'access.log.3'])
  const kept = ['.3', '.2', '.1', ''].flatMap((end) => {
    assert.ok(readFileSync(path + end).length <= 1000)
    return ids(path + end)
  })
  assert.deepEqual(
    kept,
    Array.from({ length: kept.length }, (_, index) => `r${30 - kept.length + index}`),
  )
  assert.ok(kept.length >= 7)
})

test('a file that was moved away is opened again by its name, and no line is lost', async (t) => {
  const of = bench(t)
  const path = join(of.folder, 'access.log')
  const sinks = start(of, [file(path)])
  request(of.workers[0], 'before')
  sinks.drain()
  sinks.reopen()
  await sinks.close(2000)
  const again = start(of, [file(path)])
  renameSync(path, `${path}.old`)
  again.reopen()
  request(of.workers[0], 'after')
  await again.close(2000)
  assert.deepEqual([ids(`${path}.old`), ids(path)], [['before'], ['after']])
})

test('11.11 a full disk drops records and counts them; the log tells once, and other sinks go on', async (t) => {
  const of = bench(t)
  const good = join(of.folder, 'good.json')
  const sinks = start(of, [file('/dev/full', { name: 'full' }), file(good, { name: 'good' })])
  for (let turn = 0; turn < 5; turn++) request(of.workers[0], `r${turn}`)
  await sinks.close(2000)
  assert.deepEqual(
    sinks.stats().map(({ name, dropped }) => [name, dropped]),
    [
      ['full', 5],
      ['good', 0],
    ],
  )
  assert.equal(ids(good).length, 5)
  assert.equal(of.entries.length, 1)
  assert.match(String(of.entries[0]?.['error']), /ENOSPC/)
})

test('11.11 a file that cannot be opened drops records and counts them', async (t) => {
  const of = bench(t)
  const sinks = start(of, [file(join(of.folder, 'x'.repeat(300)))])
  request(of.workers[0], 'r')
  await sinks.close(2000)
  assert.equal(sinks.stats()[0]?.dropped, 1)
  assert.match(String(of.entries[0]?.['error']), /ENAMETOOLONG/)
})

/** A pipe by name, opened for reading without waiting for a writer. */
const pipe = (of: Bench): { readonly path: string; readonly reader: number } => {
  const path = join(of.folder, 'pipe')
  execFileSync('mkfifo', [path])
  return { path, reader: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) }
}
const pipeOutput = (of: Bench, descriptor: number): Output =>
  createOutput(inheritedDestination(descriptor), (error) => of.log.error('stdout failed', { error: error.message }))
const stdout: LogSinkSnapshot = { name: 'stdout', to: 'stdout', path: undefined, format: 'json', rotate: undefined }

test('11.22 a reader of stdout that goes away ends nothing: records are dropped and counted', async (t) => {
  const of = bench(t)
  const { path, reader } = pipe(of)
  const writer = openSync(path, constants.O_WRONLY)
  t.after(() => closeSync(writer))
  const sinks = createSinks({ ...of, sinks: [stdout], style: plain, stdout: pipeOutput(of, writer) })
  request(of.workers[0], 'one')
  sinks.drain()
  await new Promise((resolve) => {
    setTimeout(resolve, 20)
  })
  closeSync(reader)
  request(of.workers[0], 'two')
  request(of.workers[0], 'three')
  await sinks.close(2000)
  assert.equal(sinks.stats()[0]?.dropped, 2)
  assert.match(String(of.entries[0]?.['error']), /EPIPE/)
})

test('a reader of stdout that does not read holds up nobody; what waits is bounded, and arrives whole when it reads', async (t) => {
  const of = bench(t)
  const { path, reader } = pipe(of)
  const writer = openSync(path, constants.O_WRONLY)
  t.after(() => {
    closeSync(writer)
    closeSync(reader)
  })
  const sinks = createSinks({ ...of, sinks: [stdout], style: plain, stdout: pipeOutput(of, writer) })
  let sent = 0
  for (let bytes = 0; bytes < queueBytes + (1 << 20); bytes += 370) {
    request(of.workers[0], `r${sent++}`)
    if (sent % 100 === 0) sinks.drain()
  }
  sinks.drain()
  assert.ok((sinks.stats()[0]?.dropped ?? 0) > 0)
  const chunk = Buffer.alloc(1 << 16)
  let text = ''
  const read = (): void => {
    try {
      text += chunk.toString('latin1', 0, readSync(reader, chunk))
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN')
    }
  }
  const timer = setInterval(() => {
    for (let turn = 0; turn < 32; turn++) read()
  }, 1)
  await sinks.close(20_000)
  clearInterval(timer)
  for (let turn = 0; turn < 8; turn++) read()
  const lines = text.trimEnd().split('\n')
  for (const line of lines) JSON.parse(line)
  assert.equal(lines.length + (sinks.stats()[0]?.dropped ?? 0), sent)
})

test('a reload keeps the sinks that stay and closes those that are gone', async (t) => {
  const of = bench(t)
  const [one, two] = [join(of.folder, 'one'), join(of.folder, 'two')]
  const sinks = start(of, [file(one, { name: 'one' })])
  request(of.workers[0], 'a')
  sinks.drain()
  sinks.configure([file(one, { name: 'one' }), file(two, { name: 'two' })])
  request(of.workers[0], 'b')
  sinks.drain()
  sinks.configure([file(two, { name: 'two' })])
  request(of.workers[0], 'c')
  await sinks.close(2000)
  assert.deepEqual(
    [ids(one), ids(two)],
    [
      ['a', 'b'],
      ['b', 'c'],
    ],
  )
})
