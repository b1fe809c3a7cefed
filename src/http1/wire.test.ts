import assert from 'node:assert/strict'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { eventually } from '../../e2e/support/raw-connection.ts'
import { DirectWire } from './direct-wire.ts'
import { StreamWire } from './stream-wire.ts'
import { sharedBuffer, type Wire, type WireOwner } from './wire.ts'

/** The end of a wire that a codec would be. */
class Owner implements WireOwner {
  read = ''
  eof = 0
  drains = 0
  closed: boolean[] = []
  onBytes: ((buffer: Buffer, length: number) => void) | undefined
  onRead(buffer: Buffer, length: number): void {
    if (this.onBytes !== undefined) this.onBytes(buffer, length)
    else this.read += buffer.latin1Slice(0, length)
  }
  onEof(): void {
    this.eof++
  }
  onDrain(): void {
    this.drains++
  }
  onClosed(failed: boolean): void {
    this.closed.push(failed)
  }
}

/** A wire and the plain socket at its other end. */
interface Pair {
  readonly wire: Wire
  readonly owner: Owner
  readonly peer: Socket
  readonly server: Server
}
const pair = async (direct: boolean): Promise<Pair> => {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const owner = new Owner()
  let lends: DirectWire | undefined
  const onread = {
    buffer: (): Buffer => (lends === undefined ? sharedBuffer : (lends.nextBuffer() as Buffer)),
    callback: (length: number): boolean => lends === undefined || lends.enter(length),
  }
  const socket = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
    ...(direct ? { onread } : {}),
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  if (direct) lends = new DirectWire(socket)
  const wire = lends ?? new StreamWire(socket)
  wire.attach(owner)
  const peer = await accepted
  peer.on('error', () => undefined)
  return { wire, owner, peer, server }
}
const opened = async (t: TestContext, direct: boolean): Promise<Pair> => {
  const made = await pair(direct)
  t.after(() => {
    made.wire.destroy()
    made.peer.destroy()
    made.server.close()
  })
  return made
}
const collect = (peer: Socket): { text: string; ended: boolean } => {
  const got = { text: '', ended: false }
  peer.on('data', (chunk) => {
    got.text += chunk.toString('latin1')
  })
  peer.on('end', () => {
    got.ended = true
  })
  peer.resume()
  return got
}

for (const direct of [true, false]) {
  const kind = direct ? 'its own handle' : 'the public stream'

  test(`by ${kind}, text and bytes of any sizes leave in the order in which they were given`, async () => {
    const piece = fc.record({
      isText: fc.boolean(),
      size: fc.oneof(
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(4_095, 4_096, 4_097, 32_767, 32_768, 65_536, 131_072, 131_073),
      ),
      lent: fc.boolean(),
      flush: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 14 }), fc.boolean(), async (pieces, slow) => {
        const { wire, peer, server } = await pair(direct)
        try {
          let expected = ''
          for (const [index, { isText, size, lent, flush }] of pieces.entries()) {
            const text = String.fromCharCode(65 + index).repeat(size)
            expected += text
            if (isText) wire.send(text)
            else if (lent && size <= sharedBuffer.length) {
              // What stands in the shared buffer is dead when the callback returns.
              sharedBuffer.latin1Write(text)
              wire.sendBytes(sharedBuffer.subarray(0, size))
              sharedBuffer.fill(0)
            } else wire.sendBytes(Buffer.from(text, 'latin1'))
            if (flush) await new Promise((resolve) => setImmediate(resolve))
          }
          wire.end()
          if (slow) await new Promise((resolve) => setTimeout(resolve, 5))
          const got = collect(peer)
          await eventually(() => got.ended, 'the end')
          assert.equal(got.text.length, expected.length)
          assert.ok(got.text === expected, 'other bytes, or in another order')
        } finally {
          wire.destroy()
          peer.destroy()
          server.close()
        }
      }),
      { numRuns: 60 },
    )
  })

  test(`by ${kind}, many wires that write in turns never mix`, async (t) => {
    const pairs = await Promise.all(Array.from({ length: 12 }, () => opened(t, direct)))
    const got = pairs.map(({ peer }) => collect(peer))
    const expected = pairs.map(() => '')
    for (let round = 0; round < 60; round++) {
      for (const [index, { wire }] of pairs.entries()) {
        const mark = String.fromCharCode(65 + index)
        const text = mark.repeat(((round * 7919 + index * 104_729) % 9_000) + 1)
        expected[index] += text
        if (round % 3 === 0) wire.send(text)
        else wire.sendBytes(Buffer.from(text))
      }
      if (round % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    for (const { wire } of pairs) wire.end()
    await eventually(() => got.every(({ ended }) => ended), 'the ends')
    for (const [index, { text }] of got.entries()) assert.ok(text === expected[index], `wire ${index}`)
  })

  test(`by ${kind}, a peer that reads nothing blocks the wire; it drains once the peer reads`, async (t) => {
    const { wire, owner, peer } = await opened(t, direct)
    let written = 0
    for (let i = 0; i < 400 && !wire.blocked; i++) {
      wire.sendBytes(Buffer.alloc(65_536, 65))
      wire.flush()
      written += 65_536
    }
    assert.ok(wire.blocked && wire.queued > 0)
    assert.equal(owner.drains, 0)
    const got = collect(peer)
    await eventually(() => owner.drains > 0 && got.text.length === written, 'the rest')
    assert.ok(!wire.blocked)
    assert.equal(wire.queued, 0)
  })

  test(`by ${kind}, memory that was given may be used for something else whenever the wire is not blocked`, async (t) => {
    for (const size of [32_768, 40_000, 65_536]) {
      const { wire, peer } = await opened(t, direct)
      let expected = ''
      // Until something waits for the kernel, which is where bytes could still be changed.
      while (wire.queued === 0) {
        wire.send('x'.repeat(20_000))
        wire.flush()
        expected += 'x'.repeat(20_000)
        await new Promise((resolve) => setImmediate(resolve))
      }
      const lent = Buffer.alloc(size)
      for (let letter = 65; letter < 91 && !wire.blocked; letter++) {
        lent.fill(letter)
        wire.sendBytes(lent)
        wire.flush()
        expected += String.fromCharCode(letter).repeat(size)
      }
      if (!wire.blocked) lent.fill('?')
      const got = collect(peer)
      await eventually(() => got.text.length === expected.length, 'all of it')
      assert.ok(got.text === expected, `${size}: bytes that were put there later`)
    }
  })

  test(`by ${kind}, reading stops with a pause and goes on without loss`, async (t) => {
    const { wire, owner, peer } = await opened(t, direct)
    const size = 3 << 20
    let got = 0
    let isRight = true
    owner.onBytes = (buffer, length) => {
      for (let i = 0; i < length; i++) isRight &&= buffer[i] === (got++ * 7) % 251
      wire.pause()
      setImmediate(() => wire.resume())
    }
    wire.flow(true)
    const bytes = Buffer.alloc(size)
    for (let i = 0; i < size; i++) bytes[i] = (i * 7) % 251
    peer.write(bytes)
    await eventually(() => got === size, 'all of it', 20_000)
    assert.ok(isRight)
    wire.pause()
    peer.write('x')
    await new Promise((resolve) => setTimeout(resolve, 20))
    const before = got
    assert.ok(got <= size + 1)
    wire.resume()
    await eventually(() => got === size + 1, `the last (${before})`)
  })

  test(`by ${kind}, a peer that ends its side is told once, and can still be written to`, async (t) => {
    const { wire, owner, peer } = await opened(t, direct)
    const got = collect(peer)
    peer.end('last words')
    await eventually(() => owner.eof === 1, 'the end')
    assert.equal(owner.read, 'last words')
    wire.send('answer')
    wire.end()
    await eventually(() => got.ended && owner.closed.length === 1, 'both ends')
    assert.deepEqual([got.text, owner.eof, owner.closed], ['answer', 1, [false]])
  })

  test(`by ${kind}, a reset by the peer closes the wire once, as failed; writing afterwards does no harm`, async (t) => {
    const { wire, owner, peer } = await opened(t, direct)
    peer.resetAndDestroy()
    await eventually(() => owner.closed.length > 0, 'the close')
    assert.deepEqual([owner.closed, wire.isClosed], [[true], true])
    wire.send('x')
    wire.sendBytes(Buffer.alloc(100_000))
    wire.end()
    wire.reset()
    wire.destroy()
    await new Promise((resolve) => setTimeout(resolve, 10))
    assert.equal(owner.closed.length, 1)
  })

  test(`by ${kind}, a reset is seen as one by the peer, and what was queued is lost`, async (t) => {
    const { wire, owner, peer } = await opened(t, direct)
    let failed = false
    peer.on('error', () => {
      failed = true
    })
    peer.resume()
    wire.send('never')
    wire.reset()
    await eventually(() => failed && owner.closed.length === 1, 'the reset')
  })

  test(`by ${kind}, a reset right after the end closes the wire all the same`, async (t) => {
    for (const flushed of [false, true]) {
      const { wire, owner, peer } = await opened(t, direct)
      peer.resume()
      wire.send('x')
      wire.end()
      if (flushed) wire.flush()
      wire.reset()
      await eventually(() => owner.closed.length === 1, `the close, ${flushed ? 'after' : 'before'} the end has left`)
    }
  })

  test(`by ${kind}, an end stands behind output that the peer has not taken; a reset cuts it off`, async (t) => {
    for (const isCut of [false, true]) {
      const { wire, owner, peer } = await opened(t, direct)
      let failed = false
      peer.on('error', () => {
        failed = true
      })
      let written = 0
      for (let i = 0; i < 400 && !wire.blocked; i++) {
        wire.sendBytes(Buffer.alloc(65_536, 65))
        wire.flush()
        written += 65_536
      }
      wire.end()
      await new Promise((resolve) => setTimeout(resolve, 10))
      assert.equal(owner.closed.length, 0)
      if (isCut) wire.reset()
      const got = collect(peer)
      if (isCut) await eventually(() => failed && owner.closed.length === 1, 'the reset')
      else await eventually(() => got.ended, 'the end')
      assert.equal(got.text.length === written, !isCut)
    }
  })
}

for (const direct of [true, false]) {
  const way = direct ? 'by its own handle' : 'by the public stream'
  test(`${way}, code that throws in a callback closes its own connection, and the output of others leaves`, async (t) => {
    const [faulty, other] = [await opened(t, direct), await opened(t, direct)]
    faulty.owner.onBytes = () => {
      other.wire.send('before ')
      throw new Error('thrown on purpose')
    }
    const { wire } = faulty
    assert.throws(
      () => (wire instanceof DirectWire ? wire.enter(1) : wire.socket.emit('data', Buffer.from('x'))),
      /on purpose/,
    )
    const heard = collect(other.peer)
    other.wire.send('after')
    await eventually(() => heard.text === 'before after', 'the output of the other')
    await eventually(() => faulty.owner.closed.length === 1, 'the end of the faulty one')
  })
}
