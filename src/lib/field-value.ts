/**
 * A Unicode text as it may stand in a header field: what is beyond ASCII becomes its UTF-8 bytes, one latin1 character
 * each, because writing it as latin1 would cut U+010A to a line feed. Undefined when it holds a control character.
 */
export const fieldValue = (text: string): string | undefined => {
  let wide = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 ? code !== 9 : code === 0x7f) return undefined
    if (code > 0x7f) wide = true
  }
  return wide ? latin1OfUtf8(text) : text
}

/** Whether a text of single bytes may be sent as it is: no control character but tab, nothing beyond latin1. */
export const isFieldValue = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 ? code !== 9 : code === 0x7f || code > 0xff) return false
  }
  return true
}

const encoder = new TextEncoder()
const latin1OfUtf8 = (text: string): string => {
  let bytes = ''
  for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** The Unicode text of a field value read as latin1: its UTF-8 when it is that, else the same characters. */
export const textOfField = (value: string): string => {
  let wide = false
  for (let i = 0; i < value.length && !wide; i++) wide = value.charCodeAt(i) > 0x7f
  if (!wide) return value
  try {
    return decoder.decode(Uint8Array.from(value, (char) => char.charCodeAt(0)))
  } catch {
    return value
  }
}
