const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const written = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)$/

/** Milliseconds of `500ms`, `1.5s`, `2h` or `30d` (config.md §1.3), rounded; undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const found = written.exec(text)
  if (found === null) return undefined
  const ms = Math.round(Number(found[1]) * (units[found[2] as string] as number))
  return Number.isSafeInteger(ms) ? ms : undefined
}

/** Milliseconds in the largest unit that says them exactly: 90,000 is `90s`, 1,500 is `1500ms`. */
export const formatDuration = (ms: number): string => {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = units[unit] as number
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  }
  return `${ms}ms`
}
