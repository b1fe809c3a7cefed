import { readAddress } from './address.ts'

/** An address range: first and last address as four 32-bit words each. */
export interface AddressRange {
  readonly version: 4 | 6
  readonly first: Uint32Array
  readonly last: Uint32Array
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; undefined when the text is none. Bits behind the prefix are
 * ignored, a range of IPv4 mapped into IPv6 is one of IPv4.
 */
export const parseCidr = (text: string): AddressRange | undefined => {
  const cut = text.indexOf('/')
  const address = cut < 0 ? text : text.slice(0, cut)
  const first = new Uint32Array(4)
  const version = readAddress(address, first)
  if (version === 0) return undefined
  const mapped = version === 4 && address.includes(':')
  let prefix = version === 4 ? 32 : 128
  if (cut >= 0) {
    const digits = text.slice(cut + 1)
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(digits)) return undefined
    prefix = Number(digits) - (mapped ? 96 : 0)
    if (prefix < 0 || prefix > (version === 4 ? 32 : 128)) return undefined
  }
  const last = new Uint32Array(4)
  const fixed = version === 4 ? prefix + 96 : prefix
  for (let word = 0; word < 4; word++) {
    const bits = Math.min(32, Math.max(0, fixed - word * 32))
    const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
    const value = ((first[word] as number) & mask) >>> 0
    first[word] = value
    last[word] = version === 4 && word < 3 ? 0 : (value | ~mask) >>> 0
  }
  return { version, first, last }
}

/** Addresses that are in any of the ranges. */
export interface AddressSet {
  /** False also for a text that is no address. */
  has(address: string): boolean
}

/** Below 0 when `a` is the smaller, 0 when they are equal. Both are read from an offset in words. */
const compare = (a: Uint32Array, aFrom: number, b: Uint32Array, bFrom: number): number => {
  for (let word = 0; word < 4; word++) {
    const difference = (a[aFrom + word] as number) - (b[bFrom + word] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** Sorted, merged ranges of one version, searched by halves. */
class Ranges {
  private readonly first: Uint32Array
  private readonly last: Uint32Array
  private readonly count: number

  constructor(ranges: readonly AddressRange[]) {
    const sorted = [...ranges].sort((a, b) => compare(a.first, 0, b.first, 0))
    this.first = new Uint32Array(sorted.length * 4)
    this.last = new Uint32Array(sorted.length * 4)
    let count = 0
    for (const range of sorted) {
      if (count > 0 && compare(range.first, 0, this.last, (count - 1) * 4) <= 0) {
        if (compare(range.last, 0, this.last, (count - 1) * 4) > 0) this.last.set(range.last, (count - 1) * 4)
        continue
      }
      this.first.set(range.first, count * 4)
      this.last.set(range.last, count * 4)
      count++
    }
    this.count = count
  }

  has(words: Uint32Array): boolean {
    let low = 0
    let high = this.count - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      if (compare(words, 0, this.first, middle * 4) < 0) high = middle - 1
      else if (compare(words, 0, this.last, middle * 4) > 0) low = middle + 1
      else return true
    }
    return false
  }
}

class Addresses implements AddressSet {
  private readonly v4: Ranges
  private readonly v6: Ranges
  /** The address that is being looked up; lookups are synchronous. */
  private readonly words = new Uint32Array(4)

  constructor(ranges: readonly AddressRange[]) {
    this.v4 = new Ranges(ranges.filter((range) => range.version === 4))
    this.v6 = new Ranges(ranges.filter((range) => range.version === 6))
  }

  has(address: string): boolean {
    const version = readAddress(address, this.words)
    return version === 4 ? this.v4.has(this.words) : version === 6 && this.v6.has(this.words)
  }
}

/**
 * A set of addresses from CIDR texts, single addresses among them. A lookup makes no garbage and takes logarithmic
 * time. Throws a RangeError that names a text which is none; `check` refuses those before.
 */
export const createAddressSet = (cidrs: readonly string[]): AddressSet =>
  new Addresses(
    cidrs.map((text) => {
      const range = parseCidr(text)
      if (range === undefined) throw new RangeError(`"${text}" is not an address range`)
      return range
    }),
  )
