const units: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }
const written = /^([0-9]+(?:\.[0-9]+)?)(B|KB|MB|GB)$/

/** Bytes of `64KB`, `10MB`, `512B` (config.md §1.3; powers of 1024), rounded; undefined for anything else. */
export const parseSize = (text: string): number | undefined => {
  const found = written.exec(text)
  if (found === null) return undefined
  const bytes = Math.round(Number(found[1]) * (units[found[2] as string] as number))
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** Bytes in the largest unit that says them exactly: 65,536 is `64KB`, 1,000 is `1000B`. */
export const formatSize = (bytes: number): string => {
  for (const unit of ['GB', 'MB', 'KB'] as const) {
    const size = units[unit] as number
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`
  }
  return `${bytes}B`
}

/** Part of one of `10%` or `0.5%`, from 0 to 1; undefined for anything else. */
export const parseShare = (text: string): number | undefined => {
  const found = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(text)
  const percent = found === null ? Number.NaN : Number(found[1])
  return percent <= 100 ? percent / 100 : undefined
}

/** A part of one as a percentage, without the digits that binary fractions add. */
export const formatShare = (share: number): string => `${Number((share * 100).toPrecision(12))}%`
