import type { ClientFacts } from '../contract/exchange.ts'
import type { FieldList } from '../contract/fields.ts'
import type { TrustedPeers } from '../contract/plan.ts'
import { normalizeAddress } from '../lib/address.ts'

/** Most elements of the forwarding field that are read, from the right (row 2.3). */
const elementLimit = 32

/** Facts about a client that speaks for itself; one object for all requests of a connection. */
export const peerFacts = (peer: string, port: number, scheme: 'http' | 'https'): ClientFacts => {
  // The zone of a link-local address says which cable, not who.
  const zone = peer.indexOf('%')
  const address = normalizeAddress(zone < 0 ? peer : peer.slice(0, zone)) ?? (peer === '' ? 'unix' : peer)
  return { address, peer: address, port, forwardedFor: address, trusted: false, scheme }
}

/**
 * Facts about the client behind a trusted proxy: the field is read from the right, and the first address that is not
 * trusted is the client. An element that is no address ends the search where it stands.
 */
export const clientFacts = (peer: ClientFacts, fields: FieldList, trusted: TrustedPeers): ClientFacts => {
  const elements = elementsOf(fields, trusted.header)
  let address = peer.address
  let chain = ''
  let hops = trusted.hops
  for (let i = elements.length - 1; i >= 0 && elements.length - i <= elementLimit; i--) {
    const next = normalizeAddress(elements[i] as string)
    if (next === undefined) break
    chain = chain === '' ? address : `${address}, ${chain}`
    address = next
    if (trusted.hops > 0 ? --hops <= 0 : !trusted.isTrusted(next)) break
  }
  const proto = protoOf(fields, trusted.header)
  return {
    address,
    peer: peer.address,
    port: address === peer.address ? peer.port : 0,
    forwardedFor: chain === '' ? address : `${address}, ${chain}`,
    trusted: true,
    scheme: proto === 'https' || proto === 'http' ? proto : peer.scheme,
  }
}

/** What the nearest proxy says of the scheme: in `Forwarded` where that is the field to believe (RFC 7239 §5.4). */
const protoOf = (fields: FieldList, header: Lowercase<string>): string | undefined => {
  if (header === 'forwarded') {
    const last = fields.getAll(header).at(-1)?.split(',').at(-1) ?? ''
    return /(?:^|;)\s*proto="?([a-z]+)"?\s*(?:;|$)/i.exec(last)?.[1]?.toLowerCase()
  }
  return fields.get('x-forwarded-proto')?.split(',').at(-1)?.trim().toLowerCase()
}

const elementsOf = (fields: FieldList, header: Lowercase<string>): readonly string[] => {
  const all = fields.getAll(header).join(',')
  if (all === '') return []
  const elements = all.split(',').map((element) => element.trim())
  if (header !== 'forwarded') return elements.map(withoutPort)
  return elements.map((element) => withoutPort(/(?:^|;)\s*for="?([^";]+)"?/i.exec(element)?.[1] ?? ''))
}
const withoutPort = (text: string): string => {
  if (text.startsWith('[')) return text.slice(1, text.indexOf(']'))
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text
}
