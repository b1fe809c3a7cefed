import { isIP } from 'node:net'

const hostForm = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._~-]*[A-Za-z0-9_.~])?|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$/
let lastRaw = ''
let lastHost: string | undefined

/**
 * Lower-case host of a `Host` value without port and trailing dot, IPv6 in brackets; undefined when it is not
 * `uri-host [":" port]` (RFC 9110 §7.2). Remembers the latest value, which is nearly always the same.
 */
export const hostOf = (raw: string): string | undefined => {
  if (raw === lastRaw) return lastHost
  lastRaw = raw
  lastHost = read(raw)
  return lastHost
}

const read = (raw: string): string | undefined => {
  if (raw.length > 260) return undefined
  const match = hostForm.exec(raw)
  if (match === null) return undefined
  const port = match[1]
  if (port !== undefined && Number(port) > 65535) return undefined
  let host = (port === undefined ? raw : raw.slice(0, raw.length - port.length - 1)).toLowerCase()
  if (host.startsWith('[')) return isIP(host.slice(1, -1)) === 6 ? host : undefined
  if (host.includes('..')) return undefined
  if (host.endsWith('.')) host = host.slice(0, -1)
  return host === '' ? undefined : host
}
