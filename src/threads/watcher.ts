import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname, extname } from 'node:path'

/** Watches files by their folders, so that editors which replace a file by renaming are noticed too. */
export interface Watcher {
  /** Replaces what is watched. */
  watch(files: readonly string[]): void
  close(): void
}

/** ms without a change before the change is told: a file that is being written is not read half. */
const settle = 75
/** Told at the latest after so many ms, however busy the files are. */
const latest = 1000

const included = new Set(['.yaml', '.yml', '.json'])
/** A file beside watched ones of its kind: an `include` with a pattern may take it. */
const mayBeIncluded = (name: string, watched: ReadonlySet<string> | undefined): boolean => {
  const kind = extname(name)
  return !name.startsWith('.') && included.has(kind) && [...(watched ?? [])].some((other) => extname(other) === kind)
}

/** Calls `onChange` when watched files have changed and settled. Folders that cannot be watched are told to `onError`. */
export function createWatcher(onChange: () => void, onError: (folder: string, reason: string) => void): Watcher {
  const folders = new Map<string, { readonly watcher: FSWatcher; names: ReadonlySet<string> }>()
  let timer: NodeJS.Timeout | undefined
  let first = 0

  const changed = (): void => {
    const now = performance.now()
    if (timer === undefined) first = now
    else clearTimeout(timer)
    const wait = Math.max(0, Math.min(settle, first + latest - now))
    timer = setTimeout(() => {
      timer = undefined
      onChange()
    }, wait)
  }

  const add = (folder: string, names: ReadonlySet<string>): void => {
    const known = folders.get(folder)
    if (known !== undefined) {
      known.names = names
      return
    }
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        const watched = folders.get(folder)?.names
        if (name === null || watched?.has(name) === true || mayBeIncluded(name, watched)) changed()
      })
      watcher.on('error', () => {
        watcher.close()
        folders.delete(folder)
      })
      folders.set(folder, { watcher, names })
    } catch (error) {
      onError(folder, error instanceof Error ? error.message : String(error))
    }
  }

  return {
    watch: (files) => {
      const wanted = new Map<string, Set<string>>()
      for (const file of files) {
        const folder = dirname(file)
        const names = wanted.get(folder) ?? new Set<string>()
        wanted.set(folder, names.add(basename(file)))
      }
      for (const [folder, entry] of folders) {
        if (wanted.has(folder)) continue
        entry.watcher.close()
        folders.delete(folder)
      }
      for (const [folder, names] of wanted) add(folder, names)
    },
    close: () => {
      clearTimeout(timer)
      for (const { watcher } of folders.values()) watcher.close()
      folders.clear()
    },
  }
}
