/** Most parameters that are taken apart; a query that holds more is refused where it is parsed. */
const mostParameters = 1000

/** Whether a raw query holds more than `mostParameters`; costs nothing for short ones. */
export const isCrowded = (query: string): boolean => {
  if (query.length <= mostParameters) return false
  let count = 1
  for (let at = query.indexOf('&'); at >= 0; at = query.indexOf('&', at + 1)) if (++count > mostParameters) return true
  return false
}

/** Decodes a name or value: `+` is a space, escapes are UTF-8; what cannot be decoded stays as it is written. */
export const decodeQuery = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** Encodes a name or value so that nothing in it separates parameters. */
export const encodeQuery = (text: string): string =>
  /^[A-Za-z0-9\-._~]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, escapeByte)
const escapeByte = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

/** End of the parameter that begins at `from`: only `&` separates. */
const endOf = (query: string, from: number): number => {
  const end = query.indexOf('&', from)
  return end < 0 ? query.length : end
}

/** Whether the parameter between `from` and `end` has this decoded name; compares without decoding where it can. */
const isNamed = (query: string, from: number, end: number, name: string): boolean => {
  let i = from
  while (i < end && query.charCodeAt(i) !== 0x3d) {
    const code = query.charCodeAt(i)
    if (code === 0x25 || code === 0x2b) {
      const part = query.slice(from, end)
      const equals = part.indexOf('=')
      return decodeQuery(equals < 0 ? part : part.slice(0, equals)) === name
    }
    i++
  }
  return i - from === name.length && i > from && query.startsWith(name, from)
}

const valueIn = (query: string, from: number, end: number): string => {
  const part = query.slice(from, end)
  const equals = part.indexOf('=')
  return equals < 0 ? '' : decodeQuery(part.slice(equals + 1))
}

/** Decoded value of the first parameter of that name; undefined when there is none, empty when it has no `=`. */
export const firstQueryValue = (query: string, name: string): string | undefined => {
  for (let from = 0; from < query.length;) {
    const end = endOf(query, from)
    if (isNamed(query, from, end, name)) return valueIn(query, from, end)
    from = end + 1
  }
  return undefined
}

/** One parameter; `raw` is how it was written, kept for what is not touched. */
export interface QueryParameter {
  readonly raw: string
  readonly name: string
  readonly value: string
}

/** Takes a raw query apart without throwing; undefined when it holds more than `mostParameters`. Empty ones are kept. */
export const splitQuery = (query: string): readonly QueryParameter[] | undefined => {
  if (query === '') return []
  const parts = query.split('&', mostParameters + 1)
  if (parts.length > mostParameters) return undefined
  return parts.map((raw) => {
    const equals = raw.indexOf('=')
    return {
      raw,
      name: decodeQuery(equals < 0 ? raw : raw.slice(0, equals)),
      value: equals < 0 ? '' : decodeQuery(raw.slice(equals + 1)),
    }
  })
}
