import { renameSync, rmSync } from 'node:fs'
import { BoundSocket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { DataPlane } from '../contract/data-plane.ts'
import { reserveAll, type Reserved, type Wanted } from './addresses.ts'
import { bindPath, bindShared, settle } from './bind.ts'

/** Sockets for the listeners of a configuration, before any of them accepts. */
export interface BoundListeners {
  readonly reserved: ReadonlyMap<string, Reserved>
  /** Those that are new, or were moved. */
  readonly sockets: ReadonlyMap<string, BoundSocket>
}

/** Listeners of a gateway in its caller's thread: opened, moved and closed as configurations come. */
export class EmbeddedListeners {
  private readonly plane: Pick<DataPlane, 'attach' | 'detach'>
  private reserved: ReadonlyMap<string, Reserved> = new Map()

  constructor(plane: Pick<DataPlane, 'attach' | 'detach'>) {
    this.plane = plane
  }

  /** Binds what is not open yet. Rejects with a `BindError`, and then nothing has changed. */
  async bind(listeners: readonly Wanted[]): Promise<BoundListeners> {
    const reserved = await reserveAll(listeners, this.reserved)
    const sockets = new Map<string, BoundSocket>()
    try {
      for (const [name, entry] of reserved) {
        if (this.reserved.get(name) === entry) continue
        const { address } = entry
        sockets.set(name, address.socket === undefined ? bindShared(address) : bindPath(temporary(address.socket)))
      }
    } catch (error) {
      this.release({ reserved, sockets })
      throw error
    }
    return { reserved, sockets }
  }
  /** The configuration is not to be served after all. */
  release({ sockets }: BoundListeners): void {
    for (const socket of sockets.values()) socket.close()
  }

  /** Serves the listeners of the plan in force; those that it has no more are gone already. */
  async open({ reserved, sockets }: BoundListeners): Promise<void> {
    const before = this.reserved
    this.reserved = reserved
    for (const [name, socket] of sockets) {
      const old = this.plane.detach(name)
      await this.plane.attach(name, socket)
      const path = reserved.get(name)?.address.socket
      if (path !== undefined) renameSync(temporary(path), path)
      if (old === undefined) continue
      await setTimeout(settle)
      old.close()
    }
    removePaths(before, reserved)
  }

  /** Where a listener is open. */
  address(name: string): { readonly host: string; readonly port: number } | undefined {
    const address = this.reserved.get(name)?.address
    if (address === undefined) return undefined
    const { host, port } = address
    return { host: host === '' || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port }
  }

  /** Stops accepting everywhere. */
  close(): void {
    for (const name of this.reserved.keys()) this.plane.detach(name)?.close()
    removePaths(this.reserved, new Map())
    this.reserved = new Map()
  }
}

const temporary = (path: string): string => `${path}.${process.pid}`

/** Removes unix sockets that nothing listens on any more. */
const removePaths = (before: ReadonlyMap<string, Reserved>, now: ReadonlyMap<string, Reserved>): void => {
  const kept = new Set([...now.values()].map(({ address }) => address.socket))
  for (const { address } of before.values())
    if (address.socket !== undefined && !kept.has(address.socket)) rmSync(address.socket, { force: true })
}
