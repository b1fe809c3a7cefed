/**
 * Reads an IPv4 or IPv6 address into four 32-bit words, the most significant first; IPv4, and IPv4 mapped into IPv6,
 * fill only the last. Returns the version, or 0 when the text is no address (zones and leading zeros in IPv4 are none).
 */
export const readAddress = (text: string, words: Uint32Array): 0 | 4 | 6 => {
  words[0] = 0
  words[1] = 0
  words[2] = 0
  if (!text.includes(':')) return readV4(text, 0, words) ? 4 : 0
  if (!readV6(text, words)) return 0
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? ((words[2] = 0), 4) : 6
}

const readV4 = (text: string, from: number, words: Uint32Array): boolean => {
  let value = 0
  let part = -1
  let parts = 0
  for (let i = from; i <= text.length; i++) {
    const code = i === text.length ? 0x2e : text.charCodeAt(i)
    if (code === 0x2e) {
      if (part < 0 || ++parts > 4) return false
      value = value * 256 + part
      part = -1
    } else {
      if (code < 0x30 || code > 0x39 || part === 0) return false
      part = part < 0 ? code - 0x30 : part * 10 + code - 0x30
      if (part > 255) return false
    }
  }
  words[3] = value
  return parts === 4
}

const hexValue = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

const setGroup = (words: Uint32Array, index: number, group: number): void => {
  const word = index >> 1
  const old = words[word] as number
  words[word] = (index & 1) === 0 ? ((group << 16) | (old & 0xffff)) >>> 0 : ((old & 0xffff0000) | group) >>> 0
}

const getGroup = (words: Uint32Array, index: number): number => {
  const word = words[index >> 1] as number
  return (index & 1) === 0 ? word >>> 16 : word & 0xffff
}

/** Moves the groups behind a `::` to the end and clears the gap. */
const spread = (words: Uint32Array, gap: number, groups: number): void => {
  const shift = 8 - groups
  for (let i = groups - 1; i >= gap; i--) setGroup(words, i + shift, getGroup(words, i))
  for (let i = gap; i < gap + shift; i++) setGroup(words, i, 0)
}

const readV6 = (text: string, words: Uint32Array): boolean => {
  const length = text.length
  let groups = 0
  let gap = -1
  let i = 0
  if (text.startsWith('::')) {
    gap = 0
    i = 2
  }
  while (i < length) {
    if (groups === 8) return false
    const start = i
    let group = 0
    let digit = 0
    while (i < length && (digit = hexValue(text.charCodeAt(i))) >= 0) {
      group = group * 16 + digit
      if (++i - start > 4) return false
    }
    if (i < length && text.charCodeAt(i) === 0x2e) {
      const saved = words[3] as number
      if (groups > 6 || !readV4(text, start, words)) return false
      const v4 = words[3] as number
      words[3] = saved
      setGroup(words, groups++, v4 >>> 16)
      setGroup(words, groups++, v4 & 0xffff)
      break
    }
    if (i === start) return false
    setGroup(words, groups++, group)
    if (i === length) break
    if (text.charCodeAt(i++) !== 0x3a || i === length) return false
    if (text.charCodeAt(i) === 0x3a) {
      if (gap >= 0) return false
      gap = groups
      i++
    }
  }
  if (gap < 0) return groups === 8
  if (groups > 7) return false
  spread(words, gap, groups)
  return true
}

/** Text of an address in its shortest form (RFC 5952); mapped IPv4 as IPv4. */
const formatV6 = (words: Uint32Array): string => {
  let bestStart = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && getGroup(words, end) === 0) end++
    if (end - i > bestLength) {
      bestStart = i
      bestLength = end - i
    }
    if (end > i) i = end
  }
  let text = ''
  for (let i = 0; i < 8; i++) {
    if (i === bestStart) {
      text += '::'
      i += bestLength - 1
    } else {
      if (text !== '' && !text.endsWith(':')) text += ':'
      text += getGroup(words, i).toString(16)
    }
  }
  return text
}

/**
 * The shortest form of an address (RFC 5952), IPv4 for IPv4-mapped IPv6; undefined when the text is no address. Plain
 * IPv4 comes back as the same string.
 */
export const normalizeAddress = (text: string): string | undefined => {
  const words = new Uint32Array(4)
  const version = readAddress(text, words)
  if (version === 0) return undefined
  if (version === 6) return formatV6(words)
  if (!text.includes(':')) return text
  const value = words[3] as number
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}
