import { isIP } from 'node:net'
import type { TargetTable } from '../contract/threads.ts'

/** Addresses of targets that need no name service, for when control is not there to resolve the others. */
export function literalTargets(targets: readonly string[]): TargetTable {
  const addresses: Record<string, readonly string[]> = {}
  for (const name of targets) {
    const url = URL.parse(name.slice(name.indexOf(' ') + 1))
    const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
    if (isIP(host) !== 0) addresses[host] = [host]
    else if (host === 'localhost') addresses[host] = ['127.0.0.1', '::1']
  }
  return { addresses }
}
