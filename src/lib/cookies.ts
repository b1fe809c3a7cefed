/**
 * Value of the first cookie of that name in a Cookie field (RFC 6265 §4.2), quotes dropped, not percent-decoded;
 * undefined when there is none. Nothing else of the field is taken apart.
 */
export const cookieValue = (field: string, name: string): string | undefined => {
  const length = field.length
  for (let from = 0; from < length;) {
    while (from < length && isBlank(field.charCodeAt(from))) from++
    let end = field.indexOf(';', from)
    if (end < 0) end = length
    if (field.charCodeAt(from + name.length) === 0x3d && from + name.length < end && field.startsWith(name, from)) {
      return trimmed(field, from + name.length + 1, end)
    }
    from = end + 1
  }
  return undefined
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

const trimmed = (field: string, from: number, end: number): string => {
  let last = end
  while (last > from && isBlank(field.charCodeAt(last - 1))) last--
  let first = from
  if (last - first >= 2 && field.charCodeAt(first) === 0x22 && field.charCodeAt(last - 1) === 0x22) {
    first++
    last--
  }
  return field.slice(first, last)
}
