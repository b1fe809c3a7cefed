import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Snapshot } from '../contract/snapshot.ts'
import { cutPieces, type Parcel } from './parcel.ts'

/** What one node keeps on disk: here, the last good snapshot. */
export interface StateFolder {
  /** False when it cannot be written; then nothing is kept and `reason` says why. */
  readonly writable: boolean
  readonly reason: string | undefined
  /**
   * Keeps a parcel of all items as the last good one: a new file, synced, renamed over the old; a crash leaves the old
   * or the new one, whole. The latest call wins when several overlap. Rejects when the disk refuses.
   */
  keep(parcel: Parcel): Promise<void>
}

const format = 'gwanmun-last-good-1'
const fileName = 'last-good.jsonl'

/** Path of the last good snapshot in a state folder. */
export const lastGoodPath = (folder: string): string => join(folder, fileName)

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Not `mkdir` with `recursive`, which never returns where the system says ENOENT for a folder that exists (/proc). */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder, { mode: 0o700 })
  }
}

/** Opens a state folder, making it readable by its owner only: snapshots hold the values of secrets. */
export async function openStateFolder(folder: string): Promise<StateFolder> {
  const probe = join(folder, `.writable-${process.pid}`)
  try {
    await makeFolder(folder)
    const file = await open(probe, 'w', 0o600)
    await file.close()
    await rm(probe)
  } catch (error) {
    return { writable: false, reason: message(error), keep: () => Promise.resolve() }
  }

  const write = async (parcel: Parcel): Promise<void> => {
    const temporary = join(folder, `${fileName}.${process.pid}.new`)
    const file = await open(temporary, 'w', 0o600)
    try {
      const { hash, generation, files } = parcel
      const head = { format, hash, generation, files, pieces: parcel.pieces.length }
      await file.write(`${JSON.stringify(head)}\n`)
      for (const shared of [parcel.order, parcel.origins]) {
        await file.write(`${Buffer.from(shared).toString('base64')}\n`)
      }
      for (const piece of parcel.pieces) {
        await file.write(Buffer.from(piece))
        await file.write('\n')
      }
      await file.write(`{"end":"${hash}"}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, lastGoodPath(folder))
    const directory = await open(folder, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  }

  let running: Promise<void> | undefined
  let wanted: Parcel | undefined
  const keep = async (parcel: Parcel): Promise<void> => {
    wanted = parcel
    running ??= (async () => {
      while (wanted !== undefined) {
        const next = wanted
        wanted = undefined
        await write(next)
      }
    })().finally(() => (running = undefined))
    await running
  }
  return { writable: true, reason: undefined, keep }
}

/** Reads the last good parcel of a state folder; undefined when there is none or it is not whole. */
export async function readLastGood(folder: string): Promise<Parcel | undefined> {
  try {
    const lines = (await readFile(lastGoodPath(folder), 'utf8')).split('\n')
    const head = JSON.parse(lines[0] ?? '') as {
      readonly format: string
      readonly hash: Snapshot['hash']
      readonly generation: number
      readonly files: readonly string[]
    }
    const end = JSON.parse(lines.at(-2) ?? '') as { readonly end: string }
    if (head.format !== format || end.end !== head.hash) return undefined
    const shared = (bytes: Buffer): SharedArrayBuffer => {
      const copy = new SharedArrayBuffer(bytes.length)
      Buffer.from(copy).set(bytes)
      return copy
    }
    return {
      hash: head.hash,
      generation: head.generation,
      files: head.files,
      order: shared(Buffer.from(lines[1] ?? '', 'base64')),
      origins: shared(Buffer.from(lines[2] ?? '', 'base64')),
      pieces: cutPieces(lines.slice(3, -2)),
    }
  } catch {
    return undefined
  }
}
