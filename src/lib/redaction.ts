/** What stands for a masked value. */
export const masked = '***'

/** Tells whether a value of that name may be shown. */
export type Redaction = (name: string) => boolean

const always = ['token', 'key', 'secret', 'password', 'passwd', 'authorization', 'credential', 'signature', 'cookie']

/**
 * Makes the rule of what is masked: names that hold one of the built-in words, and those of `telemetry.redact`, where
 * `*` stands for any characters and a root such as `request.query.` is not looked at. Letter case does not count.
 */
export const createRedaction = (configured: readonly string[]): Redaction => {
  const exact = new Set<string>()
  const globs: (readonly string[])[] = always.map((word) => ['', word, ''])
  for (const entry of configured) {
    const name = entry.replace(/^request\.(?:query|headers|cookies|body)\./, '').toLowerCase()
    if (name.includes('*')) globs.push(name.split('*'))
    else if (name !== '') exact.add(name)
  }
  return (name) => {
    const lower = name.toLowerCase()
    return exact.has(lower) || globs.some((parts) => matches(parts, lower))
  }
}

/** What is masked where nobody configured anything. */
export const isTelling: Redaction = createRedaction([])

/** Whether the parts stand in the text in this order, the first at its start and the last at its end. */
const matches = (parts: readonly string[], text: string): boolean => {
  const first = parts[0] as string
  const last = parts.at(-1) as string
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > text.length - last.length) return false
    at = found + part.length
  }
  return true
}

const decode = (text: string): string => {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  // Byte by byte, so that a broken escape elsewhere in the name hides nothing.
  return spaced.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Makes the function that masks a raw query: values of masked names become `***`. */
export const createQueryMask = (redaction: Redaction): ((query: string) => string) => {
  // Queries repeat; the last one and its masked form are kept.
  let last = ''
  let lastMasked = ''
  return (query) => {
    if (query === last) return lastMasked
    last = query
    lastMasked = query.split('&').map(maskPair).join('&')
    return lastMasked
  }
  function maskPair(pair: string): string {
    const equals = pair.indexOf('=')
    if (equals < 0 || equals === pair.length - 1) return pair
    return redaction(decode(pair.slice(0, equals))) ? pair.slice(0, equals + 1) + masked : pair
  }
}
