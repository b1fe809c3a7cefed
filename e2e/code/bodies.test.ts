import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../src/gateway.ts'

const sizes = [0, 1, 4096, 4097, 40_000, 300_000]
const bytesOf = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, index) => index * 7)

test('bytes that a handler answers with reach a client of any kind whole, be they a Uint8Array, a Buffer or a Response', async () => {
  const made = {
    array: bytesOf,
    buffer: (size: number) => Buffer.from(bytesOf(size)),
    response: (size: number) => new Response(bytesOf(size)),
  }
  const gateway = await createGateway({
    config: {
      listeners: { main: { host: '127.0.0.1', port: 0 } },
      routes: {
        made: {
          path: '/{kind}/{size}',
          handler: (request: { readonly params: Readonly<Record<string, string>> }) => {
            const body = made[request.params['kind'] as keyof typeof made](Number(request.params['size']))
            return body instanceof Response ? body : { status: 200, body }
          },
        },
      },
      admin: 'none',
    },
  })
  await gateway.listen()
  try {
    for (const kind of Object.keys(made)) {
      for (const size of sizes) {
        const url = `http://127.0.0.1:${gateway.address().port}/${kind}/${size}`
        const answers = [await fetch(url), await gateway.fetch(new Request(url))]
        for (const answer of answers) {
          assert.equal(answer.status, 200)
          assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytesOf(size)), `${kind} of ${size} bytes`)
        }
      }
    }
  } finally {
    await gateway.close(0)
  }
})
