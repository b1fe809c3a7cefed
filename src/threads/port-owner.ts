import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

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

const tables = ['/proc/net/tcp', '/proc/net/tcp6']

/** Local addresses (hex, as the kernel prints them) of the sockets that listen on a port, by inode. */
const listening = (port: number, text: string): Map<string, string> => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  // State 0A listens. The tables of a busy machine have ten thousands of lines, so they are not split.
  const line = new RegExp(String.raw`^ *\d+: ([0-9A-F]+:${hex}) \S+ 0A \S+ \S+ \S+ +\d+ +\d+ (\d+)`, 'gm')
  return new Map([...text.matchAll(line)].map(([, local = '', inode = '']) => [inode, local]))
}

/** Inodes of the sockets that a process holds, of those asked for. */
const held = (pid: string, wanted: ReadonlyMap<string, string>): string[] =>
  list(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      return inode !== undefined && wanted.has(inode) ? [inode] : []
    } catch {
      return []
    }
  })

/** `node` for a thread-named process, the script for a gateway that runs under it. */
const nameOf = (pid: string): string => {
  const comm = read(`/proc/${pid}/comm`).trim()
  if (!comm.startsWith('node')) return comm
  const script = basename(
    read(`/proc/${pid}/cmdline`)
      .split('\0')
      .find((word) => /(^|\/)gwanmun(\.js)?$/.test(word)) ?? '',
  )
  return script === '' ? 'node' : 'gwanmun'
}

const ownerOf = (sockets: ReadonlyMap<string, string>): PortOwner | undefined => {
  if (sockets.size === 0) return undefined
  const pid = list('/proc').find(
    (name) => /^\d+$/.test(name) && name !== String(process.pid) && held(name, sockets).length > 0,
  )
  return pid === undefined ? undefined : { pid: Number(pid), name: nameOf(pid) }
}

/** Who else listens on a TCP port of this machine; undefined when nobody does or the system does not tell. */
export const findPortOwner = (port: number): PortOwner | undefined =>
  ownerOf(listening(port, tables.map(read).join('\n')))

/**
 * Who else listens on exactly the address and port that this process listens on: two gateways that started in the same
 * moment each saw a free port, and the kernel would now share out connections between them.
 */
export async function findRival(port: number): Promise<PortOwner | undefined> {
  const texts = await Promise.all(tables.map((table) => readFile(table, 'latin1').catch(() => '')))
  const sockets = listening(port, texts.join('\n'))
  const ours = new Set(held('self', sockets))
  const addresses = new Set([...ours].map((inode) => sockets.get(inode)))
  return ownerOf(new Map([...sockets].filter(([inode, local]) => !ours.has(inode) && addresses.has(local))))
}

/** Clock ticks since boot at which a process started; Infinity when it is gone. */
const startOf = (pid: number | 'self'): number => {
  const stat = read(`/proc/${pid}/stat`)
  // The name in brackets may hold anything; field 22 is the 20th after it.
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  return stat === '' || Number.isNaN(ticks) ? Infinity : ticks
}

/** Whether this process started after the other; of two that started together, the higher pid is the later one. */
export const startedAfter = ({ pid }: PortOwner): boolean => {
  const [mine, theirs] = [startOf('self'), startOf(pid)]
  return mine === theirs ? process.pid > pid : mine > theirs
}
