import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Origin } from '../contract/diagnostic.ts'
import type {
  GatewaySettings,
  ListenerSnapshot,
  PolicyUse,
  RouteSnapshot,
  ServiceSnapshot,
  Snapshot,
} from '../contract/snapshot.ts'
import type { Parcel } from './parcel.ts'

/** Puts snapshots together from parcels, on the receiving side. */
export interface Assembler {
  /**
   * Reads a parcel in slices of at most 2 ms between other work. What did not change since the committed parcel is the
   * *same object*, so a plan builder may compare by identity. Rejects when the parcel builds on items this side never had.
   */
  read(parcel: Parcel): Promise<Snapshot>
  /**
   * The parcel read last is the running one, from now on; resolves when the positions of unchanged items are today's
   * too, written in slices like reading.
   */
  commit(): Promise<void>
}

interface Placed {
  origin: Origin | undefined
}
type Place = { -readonly [K in keyof Origin]: Origin[K] }
interface Rest {
  readonly files: readonly string[]
  readonly settings: GatewaySettings
}
interface Reading {
  readonly items: Map<number, object>
  readonly parcel: Parcel
}

const slice = 1.5

/** Lets others run when the slice is used up. */
const createPace = (): (() => Promise<void> | undefined) => {
  let until = performance.now() + slice
  const nextSlice = async (): Promise<void> => {
    await nextTurn()
    until = performance.now() + slice
  }
  return () => {
    if (performance.now() < until) return undefined
    return nextSlice()
  }
}

const originAt = (origins: Int32Array, index: number, files: readonly string[]): Origin | undefined => {
  const file = origins[index * 4] as number
  if (file < 0) return undefined
  const endColumn = origins[index * 4 + 3] as number
  const place = {
    file: files[file] ?? '',
    line: origins[index * 4 + 1] as number,
    column: origins[index * 4 + 2] as number,
  }
  return endColumn === 0 ? place : { ...place, endColumn }
}

const decode = (kind: number, value: unknown, find: (id: number) => object): object => {
  const policies = (ids: unknown): PolicyUse[] => (ids as number[]).map((id) => find(id) as PolicyUse)
  if (kind === 0) return (value as { use: object }).use
  if (kind === 4) return value as object
  const { item } = value as { item: object }
  if (kind === 1) {
    const listener = item as ListenerSnapshot
    return { ...listener, guards: policies(listener.guards), unmatched: policies(listener.unmatched) }
  }
  if (kind === 3) {
    const route = item as RouteSnapshot & { policies: readonly PolicyUse[] }
    return { ...route, policies: policies(route.policies) }
  }
  return item
}

/** Makes one; a thread has one for its life. */
export function createAssembler(): Assembler {
  let running: ReadonlyMap<number, object> = new Map()
  let reading: Reading | undefined

  const read = async (parcel: Parcel): Promise<Snapshot> => {
    const pace = createPace()
    const fresh = new Map<number, object>()
    const find = (id: number): object => {
      const item = fresh.get(id) ?? running.get(id)
      if (item === undefined) throw new Error(`item ${id} is missing`)
      return item
    }
    for (const piece of parcel.pieces) {
      for (const line of Buffer.from(piece).toString('utf8').split('\n')) {
        const [id, kind, value] = JSON.parse(line) as [number, number, unknown]
        if (!running.has(id)) fresh.set(id, decode(kind, value, find))
        await pace()
      }
    }
    const order = new Uint32Array(parcel.order)
    const counts = order.subarray(0, 4)
    const origins = new Int32Array(parcel.origins)
    const live = new Map<number, object>()
    const sections: object[][] = [[], [], [], []]
    let at = 4
    for (let section = 0; section < 4; section++) {
      for (let i = 0; i < (counts[section] as number); i++, at++) {
        const id = order[at] as number
        const item = find(id)
        if (fresh.has(id)) (item as Placed).origin = originAt(origins, at - 4, parcel.files)
        live.set(id, item)
        sections[section]?.push(item)
        if ((i & 255) === 255) await pace()
      }
    }
    const restId = order[at] as number
    const rest = find(restId) as Rest
    live.set(restId, rest)
    reading = { items: live, parcel }
    return {
      hash: parcel.hash,
      generation: parcel.generation,
      files: rest.files,
      settings: rest.settings,
      listeners: sections[1] as ListenerSnapshot[],
      services: sections[2] as ServiceSnapshot[],
      routes: sections[3] as RouteSnapshot[],
    }
  }

  const commit = async (): Promise<void> => {
    if (reading === undefined) return
    const { items, parcel } = reading
    running = items
    reading = undefined
    const pace = createPace()
    const origins = new Int32Array(parcel.origins)
    let index = 0
    for (const item of items.values() as Iterable<Placed>) {
      // In place, so that whoever holds the position of an unchanged item sees where it stands today.
      if (index * 4 < origins.length) move(item, originAt(origins, index, parcel.files))
      if ((++index & 255) === 0) await pace()
    }
  }

  return { read, commit }
}

const move = (item: Placed, now: Origin | undefined): void => {
  const place: Place | undefined = item.origin
  if (place === undefined || now === undefined) item.origin = now
  else {
    place.file = now.file
    place.line = now.line
    place.column = now.column
    if (now.endColumn === undefined) delete place.endColumn
    else place.endColumn = now.endColumn
  }
}
