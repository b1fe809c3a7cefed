import { isIP } from 'node:net'
import type { TargetTable } from '../contract/threads.ts'

/** Hosts that a list of target URLs names, once each, IPv6 without brackets; unix sockets have none. */
export const targetHosts = (urls: readonly string[]): string[] => {
  const hosts = new Set<string>()
  for (const url of urls) {
    if (url.startsWith('unix:')) continue
    const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '')
    if (host !== undefined && host !== '') hosts.add(host)
  }
  return [...hosts]
}

/** Addresses of hosts that need no name service, for when control is not there to resolve the others. */
export const literalTargets = (hosts: readonly string[]): TargetTable => ({
  addresses: Object.fromEntries(
    hosts.flatMap((host) =>
      isIP(host) !== 0 ? [[host, [host]]] : host === 'localhost' ? [[host, ['127.0.0.1', '::1']]] : [],
    ),
  ),
})
