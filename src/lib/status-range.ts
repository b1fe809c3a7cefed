/** Inclusive bounds of statuses. */
export type StatusRange = readonly [first: number, last: number]

/** Reads a status from 100 to 599; undefined for anything else. */
const parseStatus = (text: string): number | undefined => (/^[1-5][0-9]{2}$/.test(text) ? Number(text) : undefined)

/** Reads `503`, `5xx` or `200-399` (config.md §1.3); undefined for anything else. */
export const parseStatusRange = (text: string): StatusRange | undefined => {
  const family = /^([1-5])xx$/.exec(text)
  if (family !== null) return [Number(family[1]) * 100, Number(family[1]) * 100 + 99]
  const cut = text.indexOf('-')
  const first = parseStatus(cut < 0 ? text : text.slice(0, cut))
  const last = cut < 0 ? first : parseStatus(text.slice(cut + 1))
  return first !== undefined && last !== undefined && first <= last ? [first, last] : undefined
}

/** Writes bounds in their shortest form. */
export const formatStatusRange = ([first, last]: StatusRange): string => {
  if (first === last) return String(first)
  return first % 100 === 0 && last === first + 99 ? `${first / 100}xx` : `${first}-${last}`
}
