/** Decodes one segment of a canonical path. Text that is not canonical and cannot be decoded is returned as it is. */
export const decodeSegment = (text: string): string => {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Decodes several segments and keeps their slashes apart from encoded ones: `%2F` stays `%2F`. Nothing else can read
 * so, because a canonical path holds no `%252F`; `encodeRest` is the exact way back.
 */
export const decodeRest = (text: string): string =>
  text.includes('%2F') ? text.split('%2F').map(decodeSegment).join('%2F') : decodeSegment(text)

const mustEscape = /[^A-Za-z0-9\-._~!$&'()*+,=:@]/
const keptByUri = /%(?:24|26|2B|2C|3A|3D|40)/g

/**
 * Encodes a value as one path segment: `/`, `;`, `%` and all that RFC 3986 does not allow in a segment are escaped.
 * Dot segments are the caller's business: the path that is built is made canonical again.
 */
export const encodeSegment = (value: string): string =>
  mustEscape.test(value)
    ? encodeURIComponent(value.toWellFormed()).replace(keptByUri, (escape) => decodeURIComponent(escape))
    : value

/** Encodes a value that may hold slashes; `%2F` is an encoded slash and stays one. */
export const encodeRest = (value: string): string =>
  mustEscape.test(value)
    ? value
        .split('/')
        .map((segment) => segment.split('%2F').map(encodeSegment).join('%2F'))
        .join('/')
    : value
