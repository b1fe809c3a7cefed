import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'

/** The process that holds a port. */
export interface PortOwner {
  readonly pid: number
  readonly name: string
}

const socketInode = (port: number): string | undefined => {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let lines: string[]
    try {
      lines = readFileSync(table, 'latin1').split('\n')
    } catch {
      continue
    }
    for (const line of lines) {
      const columns = line.trim().split(/\s+/)
      // 0A is LISTEN; column 9 is the inode of the socket.
      if (columns[1]?.endsWith(`:${wanted}`) === true && columns[3] === '0A') return columns[9]
    }
  }
  return undefined
}

const holds = (pid: string, link: string): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === link
      } catch {
        return false
      }
    })
  } catch {
    return false
  }
}

/** Who listens on a port of this machine; undefined where the system does not tell (no /proc, other user). */
export const portOwner = (port: number): PortOwner | undefined => {
  const inode = socketInode(port)
  if (inode === undefined) return undefined
  const link = `socket:[${inode}]`
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || !holds(pid, link)) continue
    try {
      return {
        pid: Number(pid),
        name: readFileSync(`/proc/${pid}/comm`, 'utf8')
          .trim()
          .replace(/-MainThread$/, ''),
      }
    } catch {
      return undefined
    }
  }
  return undefined
}

/** Whether a port can be bound; tells the code of the refusal otherwise (`EADDRINUSE`, `EACCES` …). */
export const probePort = (port: number, host: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EUNKNOWN'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })

/** The next free port after `port` on a host, among the 50 that follow. */
export const nextFreePort = async (port: number, host: string): Promise<number | undefined> => {
  for (let candidate = port + 1; candidate <= Math.min(port + 50, 65_535); candidate++) {
    // oxlint-disable-next-line no-await-in-loop -- the first free one is wanted, so they are tried in turn
    if ((await probePort(candidate, host)) === undefined) return candidate
  }
  return undefined
}

/** `port 8080 is used by node (pid 4121)`. */
export const describeTaken = (port: number): string => {
  const owner = portOwner(port)
  return `port ${port} is used by ${owner === undefined ? 'another process' : `${owner.name} (pid ${owner.pid})`}`
}
