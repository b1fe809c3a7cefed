/**
 * A text inside a JSON string: ASCII only, nothing that ends a line, a string or a terminal's patience. `$` is escaped
 * too, so that no consumer that expands `${…}` in log text finds one.
 */
const plain = new Uint8Array(128)
for (let code = 0x20; code < 0x7f; code++) plain[code] = 1
for (const sign of '"\\$') plain[sign.charCodeAt(0)] = 0

/** Longest value of one field in bytes. */
export const longestField = 1024
const cut = '...'

/** Escapes a text and cuts it at `longest` bytes, marked by `...`; never inside an escape. */
export const jsonText = (text: string, longest: number = longestField): string => {
  const length = text.length
  if (length > longest) return escape(text, longest)
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code > 126 || plain[code] === 0) return escape(text, longest)
  }
  return text
}

const escape = (text: string, longest: number): string => {
  let out = ''
  // Where to cut when it turns out too long.
  let safe = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    out += code < 127 && plain[code] === 1 ? text[at] : escapeOne(code)
    if (out.length <= longest - cut.length) safe = out.length
    else if (out.length > longest) return out.slice(0, safe) + cut
  }
  return out
}

const escapeOne = (code: number): string => {
  if (code === 0x22) return String.raw`\"`
  if (code === 0x5c) return String.raw`\\`
  return String.raw`\u` + code.toString(16).padStart(4, '0')
}
