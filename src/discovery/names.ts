import { isIP } from 'node:net'
import type { TargetTable } from '../contract/threads.ts'
import type { ResolveName } from './system-names.ts'

/** Keeps the addresses of names: asks again by their life times, and tells when they change. */
export interface Names {
  /**
   * What has to be known from now on, besides what was named before; resolves with the table when every new name is
   * answered or `patience` is over.
   */
  add(names: readonly string[]): Promise<TargetTable>
  /** Forgets all names but these. */
  keep(names: readonly string[]): void
  table(): TargetTable
  close(): void
}

export interface NamesOptions {
  readonly resolve: ResolveName
  /** Addresses changed. */
  onChange(table: TargetTable): void
  /** A name could not be asked, or does not exist; told once until it works again. */
  onFailure(name: string, reason: string): void
  /** ms that `add` waits for answers; 2,000 by default. */
  readonly patience?: number
}

interface Entry {
  addresses: readonly string[]
  timer: NodeJS.Timeout | undefined
  /** Failures in a row. */
  failures: number
  first: Promise<void>
}

const shortest = 1_000
const longest = 3_600_000
/** One lost answer is not yet a name that is gone. */
const failuresUntilGone = 2

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join() === [...b].sort().join()

/** Makes the keeper. Old addresses are kept while nobody can be asked: they are better than none. */
export function createNames(options: NamesOptions): Names {
  const { patience = 2_000 } = options
  const entries = new Map<string, Entry>()
  let closed = false

  const table = (): TargetTable => ({
    addresses: Object.fromEntries([...entries].map(([name, { addresses }]) => [name, addresses])),
  })

  const refresh = async (name: string, entry: Entry): Promise<void> => {
    let wait = shortest
    let addresses = entry.addresses
    try {
      const answer = await options.resolve(name)
      if (answer.addresses.length === 0) throw new Error('the name does not exist')
      addresses = answer.addresses
      entry.failures = 0
      wait = Math.min(longest, Math.max(shortest, answer.ttl))
    } catch (error) {
      entry.failures++
      const reason = error instanceof Error ? error.message : String(error)
      if (entry.failures === 1) options.onFailure(name, reason)
      if (entry.failures >= failuresUntilGone && reason === 'the name does not exist') addresses = []
      wait = Math.min(30_000, shortest * 2 ** Math.min(5, entry.failures - 1))
    }
    if (closed || entries.get(name) !== entry) return
    entry.timer = setTimeout(() => void refresh(name, entry), wait)
    entry.timer.unref()
    if (same(entry.addresses, addresses)) return
    entry.addresses = addresses
    options.onChange(table())
  }

  const begin = (name: string): Promise<void> => {
    const known = entries.get(name)
    if (known !== undefined) return known.first
    const entry: Entry = { addresses: [], timer: undefined, failures: 0, first: Promise.resolve() }
    entries.set(name, entry)
    if (isIP(name) === 0) entry.first = refresh(name, entry)
    else entry.addresses = [name]
    return entry.first
  }

  return {
    add: async (names) => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patience)))
      await Promise.race([Promise.all(names.map(begin)), late])
      clearTimeout(timer)
      return table()
    },
    keep: (names) => {
      const kept = new Set(names)
      for (const [name, { timer }] of entries) {
        if (kept.has(name)) continue
        clearTimeout(timer)
        entries.delete(name)
      }
    },
    table,
    close: () => {
      closed = true
      for (const { timer } of entries.values()) clearTimeout(timer)
    },
  }
}
