/** Why a path is refused. Preallocated: refusing makes no garbage. */
export interface PathFault {
  /** For the detail of a problem document; begins in lower case, names no bytes of the request. */
  readonly reason: string
}

/** The canonical text, or why there is none. A string means that it may be routed. */
export type CanonicalPath = string | PathFault

const fault = (reason: string): PathFault => Object.freeze({ reason })

const noSlash = fault('the path does not begin with a slash')
const forbidden = fault('the path holds a character that must be percent-encoded')
const backslash = fault('the path holds a backslash')
const brokenEscape = fault('the path holds a broken percent escape')
const nul = fault('the path holds an encoded NUL')
const notUtf8 = fault('the path holds escapes that are not UTF-8')
const doubleEscape = fault('the path holds a dot, slash, backslash or NUL that is encoded twice')
const dotParameters = fault('the path holds a dot segment with parameters')
const emptyParameters = fault('the path holds parameters without a segment')
const hiddenDots = fault('the path holds a dot segment beside an encoded slash')

const plain = 0
const slash = 1
const other = 2

/** What each ASCII character is to the fast scan. */
const kinds = new Uint8Array(128).fill(other)
for (const c of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@[]")
  kinds[c.charCodeAt(0)] = plain
kinds[0x2f] = slash

/** Characters whose escape is always undone (RFC 3986 §2.3). */
const unreserved = new Uint8Array(128)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~') unreserved[c.charCodeAt(0)] = 1

const hexDigit = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** The byte that the escape at `at` stands for, or -1. */
const escapedByte = (text: string, at: number): number => {
  if (at + 2 >= text.length || text.charCodeAt(at) !== 0x25) return -1
  const high = hexDigit(text.charCodeAt(at + 1))
  const low = hexDigit(text.charCodeAt(at + 2))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

/** Number of escapes of the UTF-8 sequence at `at`, or 0 when it is overlong, a surrogate, cut short or out of range. */
const utf8Length = (text: string, at: number, lead: number): number => {
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
  for (let i = 1; i < length; i++) {
    const byte = escapedByte(text, at + i * 3)
    if (byte < 0x80 || byte > 0xbf) return 0
    if (i > 1) continue
    if ((lead === 0xe0 && byte < 0xa0) || (lead === 0xed && byte > 0x9f)) return 0
    if ((lead === 0xf0 && byte < 0x90) || (lead === 0xf4 && byte > 0x8f)) return 0
  }
  return length
}

/** Whether what follows `%25` would become a dangerous escape when a service decodes once more, or several times. */
const isDoubleEscape = (text: string, after: number): boolean => {
  let at = after
  while (text.startsWith('25', at)) at += 2
  const pair = text.slice(at, at + 2).toLowerCase()
  return pair === '2e' || pair === '2f' || pair === '5c' || pair === '00'
}

/** Decodes what is unreserved, upper-cases other escapes, refuses what no service should have to understand. */
const unescape = (raw: string): CanonicalPath => {
  let text = ''
  let from = 0
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i)
    if (code === 0x5c) return backslash
    if (code !== 0x25) {
      if (code > 127 || kinds[code] === other) return forbidden
      continue
    }
    const byte = escapedByte(raw, i)
    if (byte < 0) return brokenEscape
    if (byte === 0) return nul
    if (byte === 0x5c) return backslash
    if (byte === 0x25 && isDoubleEscape(raw, i + 3)) return doubleEscape
    const escapes = byte < 0x80 ? 1 : utf8Length(raw, i, byte)
    if (escapes === 0) return notUtf8
    const end = i + escapes * 3
    text += raw.slice(from, i)
    text += byte < 0x80 && unreserved[byte] === 1 ? String.fromCharCode(byte) : raw.slice(i, end).toUpperCase()
    from = end
    i = end - 1
  }
  return text + raw.slice(from)
}

const dotSegmentWithParameters = /^\.{1,2}(?:;|%3B)/
const hiddenDotSegment = /(?:^|%2F)\.{1,2}(?:$|;|%3B|%2F)/

const rewritten = (raw: string): CanonicalPath => {
  const text = unescape(raw)
  if (typeof text !== 'string') return text
  const parts = text.split('/')
  const kept: string[] = []
  let open = false
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i] as string
    const last = i === parts.length - 1
    open = last
    if (part === '' || part === '.') continue
    if (part === '..') {
      kept.pop()
      continue
    }
    if (dotSegmentWithParameters.test(part)) return dotParameters
    if (part.startsWith(';') && !last) return emptyParameters
    if (part.includes('%2F') && hiddenDotSegment.test(part)) return hiddenDots
    kept.push(part)
    open = false
  }
  return kept.length === 0 ? '/' : `/${kept.join('/')}${open ? '/' : ''}`
}

/**
 * The one canonical form of a request path (config.md §4.1, RFC 3986 §6.2.2): unreserved characters decoded, other
 * escapes upper-cased, dot segments resolved, double slashes joined. A path that is canonical already is returned as
 * the same string after a single scan, with no garbage; refusals are shared objects, so `typeof` tells them apart.
 * `%2F` stays and is found by `hasEncodedSlash`. Used again on what a rewrite made; `raw` is without query.
 */
export const canonicalPath = (raw: string): CanonicalPath => {
  const length = raw.length
  if (length === 0 || raw.charCodeAt(0) !== 0x2f) return noSlash
  for (let i = 0; i < length; i++) {
    const code = raw.charCodeAt(i)
    const kind = code < 128 ? kinds[code] : other
    if (kind === plain) continue
    if (kind === other) return rewritten(raw)
    // Only what begins a segment can make it odd: another slash, a dot segment, parameters of nothing.
    const next = raw.charCodeAt(i + 1)
    if (next === 0x2f || next === 0x3b) return rewritten(raw)
    if (next !== 0x2e) continue
    const second = raw.charCodeAt(i + 2)
    // The negated test is for the end of the text, where the code is NaN.
    if (!(second > 0x2f) || second === 0x3b) return rewritten(raw)
  }
  return raw
}

/** Whether a canonical path holds an encoded slash: refused with 400 unless the route has `encodedSlash: pass`. */
export const hasEncodedSlash = (path: string): boolean => path.includes('%2F')

/**
 * Characters that may stand in a path both raw and escaped (RFC 3986 §3.3: sub-delims, `:` and `@`). Their escapes are
 * sent on as they came, because a service may tell them apart, but a rule must not be passed by spelling one differently.
 * `;` is none of them: raw it begins parameters.
 */
const alike = new Uint8Array(128)
for (const c of "!$&'()*+,:=@[]") alike[c.charCodeAt(0)] = 1

/** Undoes the escapes of `alike` in a canonical text. Returns the same string when there are none. */
const decodeAlike = (text: string): string => {
  let out = ''
  let from = 0
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 3)) {
    const byte = escapedByte(text, at)
    if (byte < 0 || byte > 127 || alike[byte] !== 1) continue
    out += text.slice(from, at) + String.fromCharCode(byte)
    from = at + 3
  }
  return from === 0 ? text : out + text.slice(from)
}

const withoutParameters = (path: string): string => {
  let at = path.indexOf(';')
  if (at < 0) return path
  let text = ''
  let from = 0
  while (at >= 0) {
    text += path.slice(from, at)
    from = path.indexOf('/', at)
    if (from < 0) return text
    at = path.indexOf(';', from)
  }
  return text + path.slice(from)
}

/**
 * What of a canonical path is matched, and the form patterns are kept in: parameters (`;x=1`) are dropped from each
 * segment, and escapes of characters that need none are undone, while both stay in what is forwarded. Returns the same
 * string when there are none.
 */
export const matchingPath = (path: string): string => decodeAlike(withoutParameters(path))
