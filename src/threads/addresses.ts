import { type Address, reserve, reservePath } from './bind.ts'
import type { Head } from './compile-calls.ts'
import type { BoundListener } from './events.ts'

/** A listener as the configuration asks for it. */
export type Wanted = Head['listeners'][number]

/** What a listener's address was made from, and the address. */
export interface Reserved {
  readonly wanted: Wanted
  readonly address: Address
}

const same = (a: Wanted, b: Wanted): boolean => a.host === b.host && a.port === b.port && a.socket === b.socket

/**
 * Settles the addresses of all listeners. One that asks for what it has keeps it, port 0 included; the others are
 * taken for a moment to see that they are free. Throws a `BindError`.
 */
export async function reserveAll(
  listeners: readonly Wanted[],
  running: ReadonlyMap<string, Reserved>,
): Promise<Map<string, Reserved>> {
  const ours = new Set([...running.values()].map(({ address }) => address.port))
  const paths = new Set([...running.values()].map(({ address }) => address.socket))
  const reserved = new Map<string, Reserved>()
  for (const wanted of listeners) {
    const old = running.get(wanted.name)
    if (old !== undefined && same(old.wanted, wanted)) reserved.set(wanted.name, old)
    else if (wanted.socket === undefined) {
      const address = reserve(wanted.host, wanted.port, (port) => port !== 0 && ours.has(port))
      reserved.set(wanted.name, { wanted, address })
    } else {
      const { socket } = wanted
      const address = paths.has(socket) ? { host: '', port: 0, socket } : await reservePath(socket)
      reserved.set(wanted.name, { wanted, address })
    }
  }
  return reserved
}

/** The addresses as people are told them. */
export const boundListeners = (reserved: ReadonlyMap<string, Reserved>): BoundListener[] =>
  [...reserved].map(
    ([
      name,
      {
        address: { host, port, socket },
      },
    ]) => ({
      name,
      host,
      port,
      ...(socket === undefined ? {} : { socket }),
    }),
  )
