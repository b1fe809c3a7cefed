import { lookup, Resolver } from 'node:dns/promises'
import { readFileSync } from 'node:fs'

/** Addresses of a name, and for how long they hold (ms). Empty: the name does not exist. */
export interface NameAnswer {
  readonly addresses: readonly string[]
  readonly ttl: number
}
/** Asks once; rejects when nobody could answer. */
export type ResolveName = (name: string) => Promise<NameAnswer>

/** ms that an answer without a life time of its own holds: hosts file, mDNS, search domains. */
const plainTtl = 10_000
const absent = new Set(['ENOTFOUND', 'ENODATA', 'ENONAME', 'EAI_NONAME', 'EAI_NODATA'])
const isAbsent = (error: unknown): boolean => absent.has((error as NodeJS.ErrnoException).code ?? '')

/** Lines of a hosts file by lower-case name. */
export const readHosts = (text: string): ReadonlyMap<string, readonly string[]> => {
  const hosts = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (address === undefined || address === '') continue
    for (const name of names) {
      const key = name.toLowerCase()
      const list = hosts.get(key)
      if (list === undefined) hosts.set(key, [address])
      else if (!list.includes(address)) list.push(address)
    }
  }
  return hosts
}

const hostsFile = (): ReadonlyMap<string, readonly string[]> => {
  try {
    return readHosts(readFileSync('/etc/hosts', 'utf8'))
  } catch {
    return new Map()
  }
}

/**
 * The machine's way to names: hosts file, then DNS with its life times, then whatever else the system knows
 * (search domains, mDNS). `localhost` is loopback whatever anybody says (RFC 6761 §6.3).
 */
export function createSystemNames(): ResolveName {
  const resolver = new Resolver({ timeout: 1000, tries: 2 })
  const ask = async (records: Promise<readonly { readonly address: string; readonly ttl: number }[]>) => {
    try {
      return await records
    } catch (error) {
      if (isAbsent(error)) return []
      throw error
    }
  }
  const dns = async (name: string): Promise<NameAnswer> => {
    const answers = await Promise.allSettled([
      ask(resolver.resolve4(name, { ttl: true })),
      ask(resolver.resolve6(name, { ttl: true })),
    ])
    const records = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const failure = answers.find((answer) => answer.status === 'rejected')
    if (records.length === 0 && failure !== undefined) throw failure.reason
    const ttl = records.reduce((least, record) => Math.min(least, record.ttl * 1000), 3_600_000)
    return { addresses: records.map(({ address }) => address), ttl }
  }
  const system = async (name: string): Promise<NameAnswer> => {
    try {
      const found = await lookup(name, { all: true, order: 'ipv4first' })
      return { addresses: [...new Set(found.map(({ address }) => address))], ttl: plainTtl }
    } catch (error) {
      if (isAbsent(error)) return { addresses: [], ttl: plainTtl }
      throw error
    }
  }
  return async (name) => {
    if (name === 'localhost' || name.endsWith('.localhost')) return { addresses: ['127.0.0.1', '::1'], ttl: 3_600_000 }
    const listed = hostsFile().get(name)
    if (listed !== undefined) return { addresses: listed, ttl: plainTtl }
    // A name without a dot is seldom in DNS as it stands; the system knows its search domains.
    if (!name.includes('.')) return system(name)
    try {
      const answer = await dns(name)
      if (answer.addresses.length > 0) return answer
    } catch {
      // The system may still know it.
    }
    return system(name)
  }
}
