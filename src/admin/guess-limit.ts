/** Slows down addresses that guess tokens. */
export interface GuessLimit {
  /** ms until that address may try again; 0 when it may. */
  waitFor(address: string): number
  wrong(address: string): void
  right(address: string): void
}

const free = 5
const first = 200
const longest = 30_000
const forgetAfter = 10 * 60_000
/** Addresses remembered; the oldest is forgotten first. */
const remembered = 10_000

/** A home or an attacker has a whole IPv6 network, so its first four groups count as one. */
const group = (address: string): string => {
  if (!address.includes(':') || address.toLowerCase().startsWith('::ffff:')) return address
  return `${address.split(':').slice(0, 4).join(':')}::/64`
}

/** Five wrong tokens are free; after that each doubles a pause, up to 30 s. Time by `now`, monotonic ms. */
export const createGuessLimit = (now: () => number): GuessLimit => {
  const seen = new Map<string, { count: number; until: number; at: number }>()
  const recall = (address: string): { count: number; until: number; at: number } | undefined => {
    const key = group(address)
    const entry = seen.get(key)
    if (entry === undefined || now() - entry.at < forgetAfter) return entry
    seen.delete(key)
    return undefined
  }
  return {
    waitFor: (address) => Math.max(0, (recall(address)?.until ?? 0) - now()),
    wrong(address) {
      const key = group(address)
      const count = (recall(address)?.count ?? 0) + 1
      const pause = count < free ? 0 : Math.min(longest, first * 2 ** Math.min(20, count - free))
      seen.delete(key)
      seen.set(key, { count, until: now() + pause, at: now() })
      const oldest = seen.keys().next().value
      if (seen.size > remembered && oldest !== undefined) seen.delete(oldest)
    },
    right(address) {
      seen.delete(group(address))
    },
  }
}
