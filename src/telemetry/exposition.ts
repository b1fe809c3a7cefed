import type { MetricFamily } from './metric-catalog.ts'

/** Collects samples of the Prometheus text format 0.0.4. */
export interface Exposition {
  /** Begins a family; its samples follow. */
  begin(family: MetricFamily): void
  sample(labels: string, value: number, suffix?: string): void
  text(): string
}

/** Escapes a label's value: backslash, quote, line feed. Other control characters, which no name has, become `?`. */
export const labelValue = (value: string): string =>
  value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(/\p{Cc}/gu, '?')

/** `{a="x",b="y"}` for pairs of name and value. */
export const labelSet = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.length === 0 ? '' : `{${pairs.map(([name, value]) => `${name}="${labelValue(value)}"`).join(',')}}`

const number = (value: number): string => {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

/** Starts an empty exposition. A family that gets no sample leaves no trace. */
export const createExposition = (): Exposition => {
  const parts: string[] = []
  let current: MetricFamily | undefined
  let announced = false
  return {
    begin(family) {
      current = family
      announced = false
    },
    sample(labels, value, suffix = '') {
      if (current === undefined) return
      if (!announced) parts.push(`# HELP ${current.name} ${current.help}\n# TYPE ${current.name} ${current.type}\n`)
      announced = true
      parts.push(`${current.name}${suffix}${labels} ${number(value)}\n`)
    },
    text: () => parts.join(''),
  }
}
