import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'

/** A port to which connecting never succeeds and never fails. */
export interface BlockedTarget {
  readonly url: string
  close(): Promise<void>
}

const listener =
  "require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })"

/**
 * A process that listens, was stopped, and whose queue of connections is full: the kernel drops further SYNs, as a
 * network that swallows packets does.
 */
export const startBlockedTarget = async (): Promise<BlockedTarget> => {
  const child = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(line.toString())
  child.kill('SIGSTOP')
  const fillers = Array.from({ length: 8 }, () => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    return socket
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of fillers) socket.destroy()
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
