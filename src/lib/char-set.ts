/**
 * A set of characters as bits: 0 to 127 for ASCII, 128 for everything beyond. What lies beyond is not told apart, so
 * sets may look as if they met when they do not, never the other way round.
 */
export type CharSet = bigint

const beyond = 1n << 128n
/** Every character there is. */
const anyChar: CharSet = (1n << 129n) - 1n

/** The set of one UTF-16 code. */
export const charOf = (code: number): CharSet => (code < 128 ? 1n << BigInt(code) : beyond)

/** The set of an inclusive range of UTF-16 codes. */
export const charRange = (from: number, to: number): CharSet => {
  const low = from < 128 ? ((1n << BigInt(Math.min(to, 127) + 1)) - 1n) & ~((1n << BigInt(from)) - 1n) : 0n
  return to > 127 ? low | beyond : low
}

/** All others; what lies beyond ASCII is in every complement. */
export const otherChars = (set: CharSet): CharSet => (anyChar & ~set) | beyond

const digits = charRange(0x30, 0x39)
const letters = charRange(0x41, 0x5a) | charRange(0x61, 0x7a)
const word = digits | letters | charOf(0x5f)
const space = charRange(9, 13) | charOf(32) | beyond
const lineEnd = charOf(10) | charOf(13)

/** The sets of `\d \w \s` and their opposites, by letter, and of the dot. */
export const namedChars: Readonly<Record<string, CharSet>> = {
  d: digits,
  D: otherChars(digits),
  w: word,
  W: otherChars(word),
  s: space,
  S: otherChars(space),
  '.': otherChars(lineEnd),
}
