import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import type { BodySink, BodyTransform } from '../../contract/policy.ts'
import {
  linesOf,
  fakeExchange,
  fakeHost,
  policyOf,
  type FakeExchange,
  type FakeRequest,
  type FakeResponse,
} from '../exchange.fixture.ts'
import { compress } from './compress.ts'
import type { CompressOptions } from './options.ts'

const head = (options: CompressOptions, request: FakeRequest = {}, response: FakeResponse = {}): FakeExchange => {
  const exchange = fakeExchange(
    { ...request, headers: { 'Accept-Encoding': 'gzip, br, zstd', ...request.headers } },
    { ...response, headers: { 'Content-Type': 'application/json', ...response.headers } },
  )
  void policyOf(compress, options).onResponse?.(exchange)
  return exchange
}
const codingOf = (
  options: CompressOptions,
  request: FakeRequest = {},
  response: FakeResponse = {},
): string | undefined => head(options, request, response).response.fields.get('content-encoding')
const accepting = (field: string): FakeRequest => ({ headers: { 'Accept-Encoding': field } })

test('the weights of the client decide, then the order of the options', () => {
  assert.equal(codingOf({}), 'zstd')
  assert.equal(codingOf({ algorithms: ['br', 'gzip'] }), 'br')
  assert.equal(codingOf({}, accepting('gzip;q=1, br;q=0.9, zstd;q=0.5')), 'gzip')
  assert.equal(codingOf({}, accepting('GZIP')), 'gzip')
  assert.equal(codingOf({}, accepting('x-gzip')), 'gzip')
  assert.equal(codingOf({}, accepting('*')), 'zstd')
  assert.equal(codingOf({}, accepting('zstd;q=0, *')), 'br')
  assert.equal(codingOf({}, accepting('identity, gzip;q=0.5')), undefined)
  assert.equal(codingOf({}, accepting('identity;q=0, gzip;q=0.001')), 'gzip')
})

test('what the client does not accept, or says unclearly, is not used', () => {
  for (const field of [
    '',
    'deflate',
    'gzip;q=0',
    'gzip;q=0.000',
    'gzip;q=2',
    'gzip;q=abc',
    'gzip;q=-1',
    '*;q=0',
    'gzi p',
  ])
    assert.equal(codingOf({}, accepting(field)), undefined, field)
  const exchange = fakeExchange({}, { headers: { 'Content-Type': 'text/html' } })
  void policyOf(compress, {}).onResponse?.(exchange)
  assert.equal(exchange.response.fields.get('content-encoding'), undefined)
  assert.equal(exchange.response.fields.get('vary'), 'Accept-Encoding')
})

test('answers smaller than minSize stay; streams have no size', () => {
  assert.equal(codingOf({}, {}, { length: 1023 }), undefined)
  assert.equal(codingOf({}, {}, { length: 1024 }), 'zstd')
  assert.equal(codingOf({ minSize: 10 }, {}, { length: 10 }), 'zstd')
  assert.equal(codingOf({}, {}, { length: 'stream' }), 'zstd')
})

test('types are text-like ones, or those stated', () => {
  const type = (text: string, options: CompressOptions = {}): boolean =>
    codingOf(options, {}, { headers: { 'Content-Type': text } }) !== undefined
  for (const text of [
    'text/html; charset=utf-8',
    'TEXT/CSS',
    'application/problem+json',
    'image/svg+xml',
    'application/javascript',
  ])
    assert.equal(type(text), true, text)
  for (const text of ['image/png', 'application/octet-stream', 'video/mp4', 'application/zip', ''])
    assert.equal(type(text), false, text)
  assert.equal(type('application/x-log', { types: ['application/x-*'] }), true)
  assert.equal(type('text/html', { types: ['application/x-*'] }), false)
})

test('8.11 event streams are never compressed, nor gRPC, whatever the types say', () => {
  for (const text of [
    'text/event-stream',
    'Text/Event-Stream; charset=utf-8',
    'application/grpc',
    'application/grpc-web+json',
    'multipart/mixed',
  ]) {
    assert.equal(codingOf({ types: ['*'] }, {}, { headers: { 'Content-Type': text } }), undefined, text)
  }
})

test('what is encoded already, partial, not to be changed, or without a body stays', () => {
  assert.equal(codingOf({}, {}, { headers: { 'Content-Encoding': 'gzip' } }), 'gzip')
  assert.equal(codingOf({}, {}, { headers: { 'Content-Encoding': 'identity' } }), 'zstd')
  assert.equal(codingOf({}, {}, { headers: { 'Cache-Control': 'public, No-Transform' } }), undefined)
  assert.equal(codingOf({}, {}, { headers: { 'Cache-Control': 'x-no-transform-ish' } }), 'zstd')
  assert.equal(codingOf({}, {}, { status: 206, headers: { 'Content-Range': 'bytes 0-1/2' } }), undefined)
  assert.equal(codingOf({}, {}, { status: 204, length: 'none' }), undefined)
  assert.equal(codingOf({}, {}, { status: 304, length: 'none' }), undefined)
})

test('HEAD has the fields of GET, also where its body is not announced', () => {
  const linesFor = (method: string, response: FakeResponse): string[] =>
    linesOf(head({}, { method }, response).response.fields)
  for (const length of [1023, 5000, 'stream'] as const) {
    const response = { length, headers: { 'Content-Type': 'text/plain', ETag: '"a"', 'Accept-Ranges': 'bytes' } }
    assert.deepEqual(linesFor('HEAD', response), linesFor('GET', response))
  }
  assert.equal(codingOf({}, { method: 'HEAD' }, { length: 'none' }), 'zstd')
  assert.equal(codingOf({}, { method: 'HEAD' }, { length: 'none', source: 'gateway' }), undefined)
})

test('whatever could be compressed varies, also for HEAD and 304', () => {
  assert.equal(head({}).response.fields.get('vary'), 'Accept-Encoding')
  assert.equal(head({}, { method: 'HEAD' }).response.fields.get('vary'), 'Accept-Encoding')
  assert.equal(head({}, {}, { status: 304, length: 'none' }).response.fields.get('vary'), 'Accept-Encoding')
  assert.equal(head({}, {}, { headers: { Vary: 'Origin' } }).response.fields.get('vary'), 'Origin, Accept-Encoding')
  assert.equal(head({}, {}, { headers: { Vary: 'Accept-Encoding' } }).response.fields.get('vary'), 'Accept-Encoding')
  assert.equal(head({}, {}, { headers: { Vary: '*' } }).response.fields.get('vary'), '*')
  assert.equal(head({}, {}, { headers: { 'Content-Type': 'image/png' } }).response.fields.has('vary'), false)
})

test('a strong ETag becomes weak; ranges and digests of other bytes go', () => {
  const { fields } = head(
    {},
    {},
    { headers: { ETag: '"a"', 'Accept-Ranges': 'bytes', 'Content-Digest': 'x', Digest: 'y' } },
  ).response
  assert.equal(fields.get('etag'), 'W/"a"')
  for (const name of ['accept-ranges', 'content-digest', 'digest'] as const) assert.equal(fields.has(name), false)
  assert.equal(head({}, {}, { headers: { ETag: 'W/"a"' } }).response.fields.get('etag'), 'W/"a"')
  assert.equal(head({}, accepting('none'), { headers: { ETag: '"a"' } }).response.fields.get('etag'), '"a"')
})

test('explain says what was done and why not', () => {
  const words = (request: FakeRequest, response: FakeResponse = {}): string | undefined => {
    const exchange = head({}, request, response)
    return policyOf(compress, {}).explain?.(exchange, exchange.notes[0]?.code ?? -1, 0, 0)
  }
  assert.equal(words({}), 'compressed with zstd')
  assert.match(words(accepting('x')) ?? '', /does not accept/)
  assert.match(words({}, { length: 1 }) ?? '', /too small/)
  assert.match(words({}, { headers: { 'Content-Type': 'image/png' } }) ?? '', /its kind/)
})

/** A client that takes chunks when it likes, and a service that stops while the transform says so: the engine's part. */
class Pipe implements BodySink {
  readonly chunks: Uint8Array[] = []
  pauses = 0
  private paused = false
  private full = false
  private waiting: (() => void) | undefined
  private transform: BodyTransform | undefined
  readonly done: Promise<void>
  private settle: { resolve(): void; reject(error: Error): void } = { resolve: () => {}, reject: () => {} }
  private readonly slow: boolean

  constructor(slow: boolean) {
    this.slow = slow
    this.done = new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
    })
  }
  push(chunk: Uint8Array): boolean {
    assert.equal(this.full, false, 'pushed to a client that is full')
    this.chunks.push(Buffer.from(chunk))
    if (!this.slow) return true
    this.full = true
    setImmediate(() => {
      this.full = false
      this.transform?.drained?.()
    })
    return false
  }
  finish(): void {
    this.settle.resolve()
  }
  fail(): void {
    this.settle.reject(new Error('the transform failed'))
  }
  pause(): void {
    assert.equal(this.paused, false, 'paused twice')
    this.paused = true
    this.pauses++
  }
  resume(): void {
    assert.equal(this.paused, true, 'resumed without a pause')
    this.paused = false
    this.wake()
  }
  private wake(): void {
    if (this.paused) return
    const waiting = this.waiting
    this.waiting = undefined
    waiting?.()
  }
  async feed(transform: BodyTransform, body: Uint8Array, sizes: readonly number[]): Promise<Buffer> {
    this.transform = transform
    const lent = Buffer.alloc(70_000)
    for (let at = 0, i = 0; at < body.length; i++) {
      while (this.paused) await new Promise<void>((resolve) => (this.waiting = resolve))
      const size = Math.min(sizes[i % sizes.length] ?? 1, body.length - at)
      lent.set(body.subarray(at, at + size))
      transform.write(lent.subarray(0, size))
      lent.fill(0xee)
      at += size
    }
    transform.end()
    await this.done
    return Buffer.concat(this.chunks)
  }
}

const decompress = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync }
const algorithms = ['gzip', 'br', 'zstd'] as const

const open = (algorithm: (typeof algorithms)[number], length: number | 'stream', pipe: Pipe): BodyTransform => {
  const policy = policyOf(compress, { algorithms: [algorithm], minSize: 0 }, fakeHost())
  const exchange = fakeExchange(accepting(algorithm), { length, headers: { 'Content-Type': 'text/plain' } })
  void policy.onResponse?.(exchange)
  const transform = policy.transformResponse?.(exchange, pipe)
  assert.ok(transform !== undefined)
  return transform
}

test('what comes out is what went in, for any body, chunks, coding, speed and kind of length', async () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 5000 }),
    fc
      .tuple(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 3000 }))
      .map(([text, times]) => Buffer.from(text.repeat(times)).subarray(0, 200_000)),
  )
  const sizes = fc
    .array(fc.integer({ min: 1, max: 65_536 }), { minLength: 1, maxLength: 5 })
    .map((list) => list.map((size) => Math.max(size, 64)))
  await fc.assert(
    fc.asyncProperty(
      bodies,
      sizes,
      fc.constantFrom(...algorithms),
      fc.boolean(),
      fc.boolean(),
      async (body, chunkSizes, algorithm, slow, isStream) => {
        const pipe = new Pipe(slow)
        const made = await pipe.feed(open(algorithm, isStream ? 'stream' : body.length, pipe), body, chunkSizes)
        assert.deepEqual(decompress[algorithm](made), Buffer.from(body))
      },
    ),
    { numRuns: 60 },
  )
})

test('the source is paused while the compressor is full, and goes on', async () => {
  for (const algorithm of algorithms) {
    const pipe = new Pipe(false)
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 24))
    const made = await pipe.feed(open(algorithm, body.length, pipe), body, [65_536])
    assert.ok(pipe.pauses > 0, algorithm)
    assert.deepEqual(decompress[algorithm](made), body)
  }
})

test('a stream of unknown length is flushed chunk by chunk: nobody waits for the next', async () => {
  for (const algorithm of algorithms) {
    const pipe = new Pipe(false)
    const transform = open(algorithm, 'stream', pipe)
    transform.write(Buffer.from('first line\n'))
    while (pipe.chunks.length === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.ok(Buffer.concat(pipe.chunks).length > 0)
    transform.end()
    await pipe.done
    assert.equal(decompress[algorithm](Buffer.concat(pipe.chunks)).toString(), 'first line\n')
  }
})

test('after destroy nothing more is pushed, finished or failed', async () => {
  const pipe = new Pipe(false)
  const transform = open('gzip', 'stream', pipe)
  transform.write(Buffer.alloc(60_000, 'a'))
  transform.destroy()
  let isOver = false
  pipe.done.then(
    () => (isOver = true),
    () => (isOver = true),
  )
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isOver, false)
  assert.equal(pipe.chunks.length, 0)
})

test('an answer that is not compressed has no transform', () => {
  const policy = policyOf(compress, {})
  const exchange = fakeExchange({}, { headers: { 'Content-Type': 'text/plain' } })
  void policy.onResponse?.(exchange)
  assert.equal(policy.transformResponse?.(exchange, new Pipe(false)), undefined)
})

test('8.12 while a client takes nothing, the source is stopped and what is held stays small', async () => {
  for (const algorithm of algorithms) {
    let held = 0
    let isStopped = false
    const sink: BodySink = {
      push: (chunk) => {
        held += chunk.length
        return false
      },
      finish: () => {},
      fail: () => assert.fail('the transform failed'),
      pause: () => (isStopped = true),
      resume: () => (isStopped = false),
    }
    const policy = policyOf(compress, { algorithms: [algorithm] }, fakeHost())
    const exchange = fakeExchange(accepting(algorithm), { length: 'stream', headers: { 'Content-Type': 'text/plain' } })
    void policy.onResponse?.(exchange)
    const transform = policy.transformResponse?.(exchange, sink)
    let taken = 0
    for (let turn = 0; turn < 2000; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (isStopped || taken > 8_000_000) continue
      // Random bytes: what compresses well could flow for long without filling anything.
      transform?.write(randomBytes(65_536))
      taken += 65_536
    }
    transform?.destroy()
    assert.ok(held > 0 && held <= 65_536, `${algorithm} pushed ${held}`)
    assert.ok(taken <= 1_000_000, `${algorithm} took ${taken}`)
  }
})
