import { createHash } from 'node:crypto'
import type { FakeClient } from './fake-client.fixture.ts'
import type { FakeStream } from './fake-stream.fixture.ts'
import { Rig } from './rig.fixture.ts'
import type { LiveExchange } from './live-exchange.ts'

const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

/** A tunnel that has just been opened, with the clock in the test's hand. */
export interface OpenedTunnel {
  readonly rig: Rig
  readonly client: FakeClient
  readonly exchange: LiveExchange
  readonly stream: FakeStream
  /** How often the client was told that no more comes. */
  readonly halfCloses: () => number
  readonly fromClient: (bytes: Uint8Array) => void
  readonly fromService: (bytes: Uint8Array) => void
  /** What the client was given so far, and forgets it. */
  readonly atClient: () => Buffer
  readonly atService: () => Buffer
}
/** `websocket` with its defaults: idle 5 min, ping 30 s, maxAge 24 h. */
export const openTunnel = (websocket: Partial<{ idle: number; ping: number; maxAge: number }> = {}): OpenedTunnel => {
  const rig = new Rig({ settings: { websocket: { idle: 300_000, ping: 30_000, maxAge: 86_400_000, ...websocket } } })
  const { client, exchange } = rig.begin({ upgrade: 'websocket', headers: ['sec-websocket-key', key] })
  let halfCloses = 0
  Object.assign(client, { halfClose: () => void halfCloses++ })
  const stream = rig.service.last
  stream.answer(101, ['sec-websocket-accept', accept], 'tunnel')
  const take = (chunks: Buffer[]): Buffer => Buffer.concat(chunks.splice(0))
  return {
    rig,
    client,
    exchange,
    stream,
    halfCloses: () => halfCloses,
    fromClient: (bytes) => exchange.onBody(Buffer.from(bytes)),
    fromService: (bytes) => stream.sink.onBody(Buffer.from(bytes)),
    atClient: () => take(client.chunks),
    atService: () => take(stream.chunks),
  }
}

/** A frame as it was read back, unmasked. */
export interface ReadFrame {
  readonly first: number
  readonly payload: Buffer
}
/** Reads whole frames; `rest` is what is left of one. */
export const readFrames = (bytes: Buffer): { readonly frames: readonly ReadFrame[]; readonly rest: Buffer } => {
  const frames: ReadFrame[] = []
  let at = 0
  for (;;) {
    if (at + 2 > bytes.length) break
    const second = bytes[at + 1] as number
    const short = second & 0x7f
    const masked = second >= 0x80
    const lengthSize = short === 127 ? 8 : short === 126 ? 2 : 0
    const head = 2 + lengthSize + (masked ? 4 : 0)
    if (at + head > bytes.length) break
    const size =
      lengthSize === 0 ? short : lengthSize === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    if (at + head + size > bytes.length) break
    const mask = bytes.subarray(at + 2 + lengthSize, at + head)
    const body = bytes.subarray(at + head, at + head + size)
    frames.push({
      first: bytes[at] as number,
      payload: masked ? Buffer.from(body.map((byte, i) => byte ^ (mask[i & 3] as number))) : Buffer.from(body),
    })
    at += head + size
  }
  return { frames, rest: bytes.subarray(at) }
}
