import { createHash } from 'node:crypto'
import type { PolicyUse, Snapshot } from '../contract/snapshot.ts'

/**
 * SHA-256 over the canonical JSON (keys sorted) of what a snapshot means, first 12 hex digits. Where something is
 * written, on which machine and in which generation is left out, so that equal configurations have equal hashes.
 */
export const snapshotHash = (snapshot: Omit<Snapshot, 'hash'>): string => {
  const hash = createHash('sha256')
  const uses = new Map<PolicyUse, string>()
  const useText = (use: PolicyUse): string => {
    const known = uses.get(use)
    if (known !== undefined) return known
    const text = canonical({ name: use.name, options: use.options, chain: use.chain })
    uses.set(use, text)
    return text
  }
  for (const listener of snapshot.listeners) {
    const { origin: _, guards, unmatched, ...rest } = listener
    hash.update(`${canonical(rest)}[${guards.map(useText).join()}][${unmatched.map(useText).join()}]`)
  }
  for (const service of snapshot.services) {
    const { origin: _, ...rest } = service
    hash.update(canonical(rest))
  }
  for (const route of snapshot.routes) {
    const { origin: _, policies, ...rest } = route
    hash.update(`${canonical(rest)}[${policies.map(useText).join()}]`)
  }
  const { node: _, ...settings } = snapshot.settings
  hash.update(canonical(settings))
  return hash.digest('hex').slice(0, 12)
}

/** JSON with sorted keys and without undefined values. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter((entry) => entry[1] !== undefined)
  entries.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}
