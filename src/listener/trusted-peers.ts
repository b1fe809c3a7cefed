import type { TrustedPeers } from '../contract/plan.ts'
import { createAddressSet } from '../lib/cidr.ts'

/** Whose word about the client counts: networks, or a number of hops (config.md §6.2). */
export const createTrustedPeers = (spec: readonly string[] | number, header: string): TrustedPeers => {
  const lower = header.toLowerCase() as Lowercase<string>
  if (typeof spec === 'number') return { isTrusted: () => spec > 0, hops: spec, header: lower }
  if (spec.length === 0) return { isTrusted: () => false, hops: 0, header: lower }
  const set = createAddressSet(spec)
  return { isTrusted: (address) => set.has(address), hops: 0, header: lower }
}
