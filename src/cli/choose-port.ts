import { exit, Stop } from './exit.ts'
import { describeTaken, nextFreePort, probePort } from './probe-port.ts'
import type { Terminal } from './terminal.ts'

/** What is wanted of a port. */
export interface PortWish {
  readonly name: string
  /** Given by the user; undefined takes `usual` and may move on. */
  readonly given: number | undefined
  readonly usual: number
  readonly host: string
  /** How the user would give another one. */
  readonly flag: string
}

/**
 * The port to bind. One that the user gave is taken or the verb ends with exit code 6 (GW6001, GW6002, GW6006); the
 * usual one gives way to the next free one, and says so.
 */
export const choosePort = async (wish: PortWish, terminal: Terminal): Promise<number> => {
  const wanted = wish.given ?? wish.usual
  if (wanted === 0) return 0
  const refusal = await probePort(wanted, wish.host)
  if (refusal === undefined) return wanted
  if (refusal === 'EACCES')
    throw new Stop(exit.bind, `GW6002 port ${wanted} may not be bound: ports below 1024 need a privilege`)
  if (refusal !== 'EADDRINUSE') throw new Stop(exit.bind, `GW6006 ${wish.host} cannot be bound (${refusal})`)
  const free = await nextFreePort(wanted, wish.host)
  const taken = `GW6001 ${await describeTaken(wanted)}`
  if (wish.given !== undefined || free === undefined) {
    throw new Stop(exit.bind, taken, free === undefined ? 'Stop it.' : `Use ${wish.flag} ${free}, or stop it.`)
  }
  terminal.say(`${terminal.mark('yellow', '▲')} ${taken}. ${wish.name} takes ${free} instead.`)
  return free
}
