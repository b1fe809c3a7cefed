import { connect, type Socket } from 'node:net'

/** One kind of abuse: what each connection sends, and how it goes on. */
export interface Attack {
  readonly name: string
  readonly connections: number
  /** Called when a connection is open; gives what ends its timers. */
  begin(socket: Socket, number: number): (() => void) | undefined
}

const every = (ms: number, act: () => void): (() => void) => {
  const timer = setInterval(act, ms)
  return () => clearInterval(timer)
}
const head = (path: string, ...fields: string[]): string =>
  `GET ${path} HTTP/1.1\r\nHost: flood.test\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`

/** Floods that a gateway meets on a public address. */
export const attacks: readonly Attack[] = [
  { name: 'connections that never say anything', connections: 1000, begin: () => undefined },
  {
    name: 'heads that arrive one byte a second',
    connections: 200,
    begin: (socket) => {
      let at = 0
      const text = head('/app/slow', 'X-Slow: yes')
      return every(1000, () => void socket.write(text[at++ % text.length] as string))
    },
  },
  {
    name: 'bodies that arrive one byte a second',
    connections: 100,
    begin: (socket) => {
      socket.write('POST /app/slow HTTP/1.1\r\nHost: flood.test\r\nContent-Length: 100000\r\n\r\n')
      return every(1000, () => void socket.write('x'))
    },
  },
  {
    name: 'garbage',
    connections: 50,
    begin: (socket, number) => {
      socket.write(Buffer.from(Array.from({ length: 2000 }, (_, index) => (index * 31 + number * 17) % 256)))
      return undefined
    },
  },
  {
    name: 'heads over every limit',
    connections: 50,
    begin: (socket) => {
      socket.write(head('/app/large', ...Array.from({ length: 300 }, (_, index) => `X-${index}: ${'y'.repeat(200)}`)))
      return undefined
    },
  },
  {
    name: 'pipelines of a hundred whose answers nobody reads',
    connections: 20,
    begin: (socket) => {
      socket.pause()
      return every(500, () => void socket.write(head('/app/unread').repeat(100)))
    },
  },
  {
    name: 'requests that are left at once',
    connections: 100,
    begin: (socket) => {
      socket.write(head('/app/left'), () => socket.resetAndDestroy())
      return undefined
    },
  },
  {
    name: 'ever new paths and hosts',
    connections: 20,
    begin: (socket, number) => {
      let count = 0
      return every(
        20,
        () => void socket.write(`GET /x/${number}/${count++} HTTP/1.1\r\nHost: h${count}.flood.test\r\n\r\n`),
      )
    },
  },
]

/** Keeps an attack going: what the gateway closes is opened again, at most ten times a second each. */
export const keepAttacking = (attack: Attack, port: number): { stop(): void } => {
  let stopped = false
  const sockets = new Set<Socket>()
  const open = (number: number): void => {
    if (stopped) return
    const socket = connect({ port, host: '127.0.0.1' })
    sockets.add(socket)
    let end: (() => void) | undefined
    socket.on('connect', () => {
      end = attack.begin(socket, number)
    })
    if (!attack.name.includes('nobody reads')) socket.resume()
    socket.on('error', () => undefined)
    socket.on('close', () => {
      end?.()
      sockets.delete(socket)
      setTimeout(() => open(number), 100).unref()
    })
  }
  for (let number = 0; number < attack.connections; number++) open(number)
  return {
    stop: () => {
      stopped = true
      for (const socket of sockets) socket.destroy()
    },
  }
}
