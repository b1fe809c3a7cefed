import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './children.ts'

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port)
        else reject(new Error('no address'))
      })
    })
  })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Waits until the program accepts connections on the port; throws with its last words when it ends first or takes longer than `limit` ms. */
export async function untilListening(child: Child, port: number, limit = 10_000): Promise<void> {
  const last = performance.now() + limit
  let code: number | undefined
  void child.ended.then((found) => (code = found))
  while (!(await accepts(port))) {
    if (code !== undefined) throw new Error(`${child.name} ended with ${code}:\n${child.lastWords()}`)
    if (performance.now() > last) throw new Error(`${child.name} does not listen on ${port}:\n${child.lastWords()}`)
    await sleep(10)
  }
}
