import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { WebSocket } from 'ws'
import { echo, SocketRig } from '../support/socket-rig.ts'

type Message = { readonly data: Buffer; readonly binary: boolean }

/** Sends messages, some in parts, and collects as many answers. */
const exchangeAll = async (
  client: WebSocket,
  messages: readonly { readonly parts: readonly Buffer[]; readonly binary: boolean }[],
): Promise<Message[]> => {
  const got: Message[] = []
  const done = new Promise<void>((resolve) => {
    const take = (data: Buffer, binary: boolean): void => {
      got.push({ data, binary })
      if (got.length < messages.length) return
      client.off('message', take)
      resolve()
    }
    client.on('message', take)
  })
  for (const { parts, binary } of messages)
    parts.forEach((part, index) => client.send(part, { binary, fin: index === parts.length - 1 }))
  if (messages.length > 0) await done
  return got
}
const text = fc.string({ unit: 'grapheme', maxLength: 300 }).map((value) => Buffer.from(value))
const bytes = fc.uint8Array({ maxLength: 70_000 }).map((value) => Buffer.from(value))
const message = fc.oneof(
  fc.record({ parts: fc.array(text, { minLength: 1, maxLength: 4 }), binary: fc.constant(false) }),
  fc.record({ parts: fc.array(bytes, { minLength: 1, maxLength: 4 }), binary: fc.constant(true) }),
)

for (const deflate of [false, true]) {
  describe(deflate ? 'messages of a compressed WebSocket' : 'messages of a WebSocket', () => {
    let rig: SocketRig
    before(async () => {
      // The gateway pings all the while, so that its frames stand between the others.
      const websocket = { ping: '50ms' }
      rig = await SocketRig.start(
        { all: { path: '/*', service: 'live', websocket } },
        { perMessageDeflate: deflate, handleProtocols: (offered) => offered.has('chat.v2') && 'chat.v2' },
      )
    })
    after(() => rig.close())

    test('come back as they were sent: text and binary, whole, in parts and empty', async () => {
      const { client, service } = await rig.open()
      assert.equal(client.extensions.includes('permessage-deflate'), deflate)
      echo(service)
      await fc.assert(
        fc.asyncProperty(fc.array(message, { maxLength: 12 }), async (messages) => {
          const got = await exchangeAll(client, messages)
          assert.deepEqual(
            got,
            messages.map(({ parts, binary }) => ({ data: Buffer.concat(parts), binary })),
          )
        }),
        { numRuns: 40 },
      )
      client.close()
    })

    test('of no bytes, of a megabyte and of sizes around every form of length come back whole', async () => {
      const { client, service } = await rig.open()
      echo(service)
      const sizes = [0, 1, 125, 126, 127, 4095, 4096, 4097, 32_767, 32_768, 65_535, 65_536, 65_537, 1 << 20]
      const messages = sizes.map((size) => ({ parts: [Buffer.alloc(size, `${size} `)], binary: true }))
      const got = await exchangeAll(client, messages)
      got.forEach(({ data }, index) =>
        assert.ok(data.equals(messages[index]?.parts[0] as Buffer), `${sizes[index]} bytes`),
      )
      client.close()
    })

    test('ten thousand arrive in order, both ways at once', { timeout: 60_000 }, async () => {
      const { client, service } = await rig.open()
      const count = 10_000
      const collect = (socket: WebSocket): Promise<number[]> =>
        new Promise((resolve) => {
          const seen: number[] = []
          socket.on('message', (data: Buffer) => {
            if (seen.push(Number(data.toString().split(' ')[0])) === count) resolve(seen)
          })
        })
      const [up, down] = [collect(service), collect(client)]
      for (let i = 0; i < count; i++) {
        client.send(`${i} ${'c'.repeat(i % 200)}`)
        service.send(`${i} ${'s'.repeat((i * 7) % 300)}`)
        if (i % 500 === 0) await new Promise(setImmediate)
      }
      const inOrder = Array.from({ length: count }, (_, index) => index)
      assert.deepEqual(await up, inOrder)
      assert.deepEqual(await down, inOrder)
      client.close()
      await once(service, 'close')
    })

    test('the sub-protocol is the one that the service chose', async () => {
      const { client, service, request } = await rig.open('/', ['chat.v1', 'chat.v2'])
      assert.equal(request.headers['sec-websocket-protocol'], 'chat.v1,chat.v2')
      assert.equal(client.protocol, 'chat.v2')
      assert.equal(service.protocol, 'chat.v2')
      client.close()
    })
  })
}
