/** Character classes by byte, for scanners. */
const table = (accept: (code: number) => boolean): Uint8Array => {
  const t = new Uint8Array(256)
  for (let i = 0; i < 256; i++) t[i] = accept(i) ? 1 : 0
  return t
}
const inText =
  (text: string) =>
  (code: number): boolean =>
    text.includes(String.fromCharCode(code))
const isAlphanumeric = (c: number): boolean => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122)

/** `tchar` of RFC 9110 §5.6.2. */
export const tokenBytes: Uint8Array = table((c) => isAlphanumeric(c) || inText("!#$%&'*+-.^_`|~")(c))
/** Bytes allowed in a request target: visible ASCII but for those that clients and servers read differently. */
export const targetBytes: Uint8Array = table((c) => c > 0x20 && c < 0x7f && !inText('"<>\\^`{|}#')(c))
/** Field values: visible, blank, tab and obs-text (RFC 9110 §5.5). */
export const valueBytes: Uint8Array = table((c) => c === 9 || (c >= 0x20 && c !== 0x7f))
/** Lower case of ASCII letters, everything else itself. */
export const lowerBytes: Uint8Array = Uint8Array.from({ length: 256 }, (_, c) => (c >= 65 && c <= 90 ? c + 32 : c))
/** Value of a hexadecimal digit, 255 for anything else. */
export const hexBytes: Uint8Array = Uint8Array.from({ length: 256 }, (_, c) =>
  c >= 48 && c <= 57 ? c - 48 : c >= 65 && c <= 70 ? c - 55 : c >= 97 && c <= 102 ? c - 87 : 255,
)

export const isToken = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (tokenBytes[text.charCodeAt(i)] !== 1) return false
  return text.length > 0
}
