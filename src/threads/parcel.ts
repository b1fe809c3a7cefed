import { hash } from 'node:crypto'
import type { Origin } from '../contract/diagnostic.ts'
import type { PolicyUse, Snapshot } from '../contract/snapshot.ts'

/**
 * A snapshot as it travels between threads: cut into items, each with a number that stays while its content stays, as
 * JSON text in shared memory. The message that carries it holds references only, and a receiver reads piece by piece,
 * so nobody's loop stands still. Where things are written is kept apart (`origins`): a line added at the top of a
 * file moves every position below and changes no item.
 */
export interface Parcel {
  readonly hash: string
  readonly generation: number
  /** JSON lines `[id, kind, value]`, kinds 0 policy, 1 listener, 2 service, 3 route, 4 the rest; whole lines each, at most `pieceSize` bytes unless one item is longer. */
  readonly pieces: readonly SharedArrayBuffer[]
  /** Uint32: count of policies, listeners, services, routes, then the ids in that order, then the id of the rest. */
  readonly order: SharedArrayBuffer
  /** Int32: file, line, column, endColumn for each id of `order` but the last; file -1 = nowhere, endColumn 0 = none. */
  readonly origins: SharedArrayBuffer
  readonly files: readonly string[]
}

/** Item numbers of the running parcel by content, so that the next load numbers equal items equally. */
export type ParcelMemo = SharedArrayBuffer

/** What packing gives. `changed` holds only the items that the memo's parcel had not. */
export interface Packed {
  readonly full: Parcel
  readonly changed: Parcel
  readonly memo: ParcelMemo
}

/** Bytes of one piece; parsing it takes about 0.2 ms. */
export const pieceSize: number = 48 * 1024
const digestBytes = 12
const recordBytes = digestBytes + 4

const readMemo = (memo: ParcelMemo | undefined): { ids: Map<string, number>; next: number } => {
  const ids = new Map<string, number>()
  if (memo === undefined) return { ids, next: 1 }
  const bytes = Buffer.from(memo)
  for (let at = 4; at < bytes.length; at += recordBytes)
    ids.set(bytes.toString('latin1', at + 4, at + recordBytes), bytes.readUInt32LE(at))
  return { ids, next: bytes.readUInt32LE(0) }
}

const writeMemo = (ids: ReadonlyMap<string, number>, next: number): ParcelMemo => {
  const memo = new SharedArrayBuffer(4 + ids.size * recordBytes)
  const bytes = Buffer.from(memo)
  bytes.writeUInt32LE(next, 0)
  let at = 4
  for (const [digest, id] of ids) {
    bytes.writeUInt32LE(id, at)
    bytes.write(digest, at + 4, 'latin1')
    at += recordBytes
  }
  return memo
}

const digestOf = (kind: number, text: string): string =>
  hash('sha256', `${kind}${text}`, 'latin1').slice(0, digestBytes)

const toShared = (text: string): SharedArrayBuffer => {
  const size = Buffer.byteLength(text)
  const shared = new SharedArrayBuffer(size)
  Buffer.from(shared).write(text)
  return shared
}

/** Joins JSON lines to pieces of whole lines. */
export const cutPieces = (lines: readonly string[], size: number = pieceSize): SharedArrayBuffer[] => {
  const pieces: SharedArrayBuffer[] = []
  let text = ''
  for (const line of lines) {
    if (text !== '' && text.length + line.length > size) {
      pieces.push(toShared(text))
      text = ''
    }
    text += text === '' ? line : `\n${line}`
  }
  if (text !== '') pieces.push(toShared(text))
  return pieces
}

/** The memo of a parcel that was read from disk. */
export const memoOf = (parcel: Parcel): ParcelMemo => {
  const ids = new Map<string, number>()
  let next = 1
  for (const piece of parcel.pieces) {
    for (const line of Buffer.from(piece).toString('utf8').split('\n')) {
      const [head = '', id, kind] = /^\[(\d+),(\d),/.exec(line) ?? []
      ids.set(digestOf(Number(kind), line.slice(head.length, -1)), Number(id))
      next = Math.max(next, Number(id) + 1)
    }
  }
  return writeMemo(ids, next)
}

/** A policy as it is written at one place, however many routes inherit it from there. */
interface Written {
  readonly text: string
  readonly origin: Origin | undefined
  /** Who uses it; empty when several do. */
  owner: string | undefined
  id: number
}

/** Packs a snapshot. Runs in the compiler, whose stalling hurts nobody. */
export function packSnapshot(snapshot: Snapshot, memo?: ParcelMemo): Packed {
  const known = readMemo(memo)
  let next = known.next
  const ids = new Map<string, number>()
  const files = [...snapshot.files]
  const fileNumbers = new Map(files.map((file, index) => [file, index]))
  const lines: string[] = []
  const fresh: string[] = []
  const order: number[] = []
  const origins: number[] = []

  const number = (kind: number, text: string): number => {
    const digest = digestOf(kind, text)
    const seen = ids.get(digest)
    if (seen !== undefined) return seen
    const old = known.ids.get(digest)
    const id = old ?? next++
    ids.set(digest, id)
    const line = `[${id},${kind},${text}]`
    lines.push(line)
    if (old === undefined) fresh.push(line)
    return id
  }
  const place = (id: number, origin: Origin | undefined): void => {
    order.push(id)
    if (origin === undefined) return void origins.push(-1, 0, 0, 0)
    let file = fileNumbers.get(origin.file)
    if (file === undefined) {
      file = files.push(origin.file) - 1
      fileNumbers.set(origin.file, file)
    }
    origins.push(file, origin.line, origin.column, origin.endColumn ?? 0)
  }
  // A policy used by one owner is told apart by it, one that several share by which of its equals it is: so an item
  // that comes or goes does not renumber those after it.
  const written = new Map<PolicyUse, Written>()
  const places = new Map<string, Written>()
  const writtenOf = (use: PolicyUse): Written => {
    let entry = written.get(use)
    if (entry !== undefined) return entry
    const text = JSON.stringify({ ...use, origin: undefined })
    const { origin } = use
    const place = origin === undefined ? text : `${origin.file}:${origin.line}:${origin.column} ${text}`
    entry = places.get(place) ?? { text, origin, owner: undefined, id: 0 }
    places.set(place, entry)
    written.set(use, entry)
    return entry
  }
  const claim = (owner: string, uses: readonly PolicyUse[]): void => {
    for (const use of uses) {
      const entry = writtenOf(use)
      entry.owner = entry.owner === undefined || entry.owner === owner ? owner : ''
    }
  }
  for (const { name, guards, unmatched } of snapshot.listeners) claim(`listener ${name}`, [...guards, ...unmatched])
  for (const { name, policies } of snapshot.routes) claim(`route ${name}`, policies)
  const twins = new Map<string, number>()
  const policyOrder: Written[] = []
  const policy = (use: PolicyUse): number => {
    const entry = writtenOf(use)
    if (entry.id !== 0) return entry.id
    const { owner = '', text } = entry
    const twin = twins.get(owner + text) ?? 0
    twins.set(owner + text, twin + 1)
    entry.id = number(0, `{"owner":${JSON.stringify(owner)},"twin":${twin},"use":${text}}`)
    policyOrder.push(entry)
    return entry.id
  }

  const listeners = snapshot.listeners.map((listener) => ({
    ...listener,
    guards: listener.guards.map(policy),
    unmatched: listener.unmatched.map(policy),
  }))
  const routes = snapshot.routes.map((route) => ({ ...route, policies: route.policies.map(policy) }))
  for (const { id, origin } of policyOrder) place(id, origin)
  const named = (
    kind: number,
    items: readonly { readonly name: string; readonly origin: Origin | undefined }[],
  ): void => {
    const repeats = new Map<string, number>()
    for (const item of items) {
      // Entries of one name (a route split over listeners) stay two items even where they are equal.
      const repeat = repeats.get(item.name) ?? 0
      repeats.set(item.name, repeat + 1)
      place(number(kind, JSON.stringify({ repeat, item: { ...item, origin: undefined } })), item.origin)
    }
  }
  named(1, listeners)
  named(2, snapshot.services)
  named(3, routes)
  order.push(number(4, JSON.stringify({ files: snapshot.files, settings: snapshot.settings })))

  const counts = [policyOrder.length, listeners.length, snapshot.services.length, routes.length]
  const shared = new SharedArrayBuffer((counts.length + order.length) * 4)
  new Uint32Array(shared).set([...counts, ...order])
  const positions = new SharedArrayBuffer(origins.length * 4)
  new Int32Array(positions).set(origins)
  const both = { hash: snapshot.hash, generation: snapshot.generation, order: shared, origins: positions, files }
  return {
    full: { ...both, pieces: cutPieces(lines) },
    changed: { ...both, pieces: cutPieces(fresh) },
    memo: writeMemo(ids, next),
  }
}
