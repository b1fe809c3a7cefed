import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { filePlaces } from './file-places.ts'

/**
 * Watches files by their folders, so that editors which replace a file by renaming are noticed too, and likewise what
 * their paths lead to: a link that is set to another file or folder.
 */
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

/** Calls `onChange` when watched files have changed and settled. Folders that cannot be watched, or no longer, are told to `onError`. */
export function createWatcher(onChange: () => void, onError: (folder: string, reason: string) => void): Watcher {
  const folders = new Map<string, { readonly watcher: FSWatcher; names: ReadonlySet<string> }>()
  /** Folders that were told as such. */
  const unwatched = new Set<string>()
  let watched: readonly string[] = []
  let timer: NodeJS.Timeout | undefined
  let first = 0

  const changed = (): void => {
    const now = performance.now()
    if (timer === undefined) first = now
    else clearTimeout(timer)
    const wait = Math.max(0, Math.min(settle, first + latest - now))
    timer = setTimeout(() => {
      timer = undefined
      // A link may lead elsewhere now.
      arrange()
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
        const wanted = folders.get(folder)?.names
        if (name === null || wanted?.has(name) === true || mayBeIncluded(name, wanted)) changed()
      })
      watcher.on('error', (error) => {
        watcher.close()
        folders.delete(folder)
        onError(folder, error.message)
      })
      folders.set(folder, { watcher, names })
      unwatched.delete(folder)
    } catch (error) {
      if (unwatched.has(folder)) return
      unwatched.add(folder)
      onError(folder, error instanceof Error ? error.message : String(error))
    }
  }

  const arrange = (): void => {
    const wanted = new Map<string, Set<string>>()
    for (const place of watched.flatMap(filePlaces)) {
      const folder = dirname(place)
      const names = wanted.get(folder) ?? new Set<string>()
      wanted.set(folder, names.add(basename(place)))
    }
    for (const [folder, entry] of folders) {
      if (wanted.has(folder)) continue
      entry.watcher.close()
      folders.delete(folder)
    }
    for (const [folder, names] of wanted) add(folder, names)
  }

  return {
    watch: (files) => {
      watched = files
      arrange()
    },
    close: () => {
      clearTimeout(timer)
      for (const { watcher } of folders.values()) watcher.close()
      folders.clear()
    },
  }
}
