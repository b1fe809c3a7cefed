import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process that listens on a port. */
export interface PortOwner {
  readonly pid: number
  readonly name: string
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
const list = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Inodes of the sockets that listen on a port. Empty where the system does not tell. */
const listeningInodes = (port: number): Set<string> => {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const inodes = new Set<string>()
  for (const line of `${read('/proc/net/tcp')}\n${read('/proc/net/tcp6')}`.split('\n')) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    if (state === '0A' && inode !== undefined && local?.endsWith(wanted) === true) inodes.add(inode)
  }
  return inodes
}

const holds = (pid: string, inodes: ReadonlySet<string>): boolean =>
  list(`/proc/${pid}/fd`).some((fd) => {
    try {
      return inodes.has(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? '')
    } catch {
      return false
    }
  })

/** Who else listens on a TCP port of this machine; undefined when nobody does or the system does not tell. */
export function findPortOwner(port: number): PortOwner | undefined {
  const inodes = listeningInodes(port)
  if (inodes.size === 0) return undefined
  const pid = list('/proc').find((name) => /^\d+$/.test(name) && name !== String(process.pid) && holds(name, inodes))
  return pid === undefined ? undefined : { pid: Number(pid), name: read(`/proc/${pid}/comm`).trim() }
}
