import { flat } from '../lib/flat.ts'

const milliseconds: readonly string[] = Array.from({ length: 1000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`)

let second = -1
let secondText = ''

/** A wall clock time (ms since 1970) as RFC 3339 in UTC; the second's text is made once. */
export const timeText = (time: number): string => {
  const whole = Math.floor(time / 1000)
  if (whole !== second) {
    second = whole
    // An impossible clock must not throw here.
    secondText =
      whole > -62_135_596_800 && whole < 253_402_300_800
        ? new Date(whole * 1000).toISOString().slice(0, 20)
        : '1970-01-01T00:00:00.'
  }
  return secondText + (milliseconds[Math.floor(time) - whole * 1000] ?? '000Z')
}

const leadEnds: readonly string[] = milliseconds.map((text) => flat(`${text}","id":"`))
let leadSecond = ''
let lead = ''

/** How every access record begins: `{"time":"…","id":"`, of two pieces. */
export const recordLead = (time: number): string => {
  const text = timeText(time)
  if (secondText !== leadSecond) {
    leadSecond = secondText
    lead = flat(`{"time":"${secondText}`)
  }
  const end = leadEnds[Math.floor(time) - second * 1000]
  return end === undefined ? `{"time":"${text}","id":"` : lead + end
}

/** `.000` to `.999`, each with a text after it: what ends a duration and leads to the next member. */
export const thousandths = (after: string): readonly string[] =>
  Array.from({ length: 1000 }, (_, part) => flat(`.${String(part).padStart(3, '0')}${after}`))

/**
 * A duration in ms as a JSON number with three decimals, and what `ends` has after it; small whole numbers are cheap to
 * print, fractions are not. What is no duration is 0.
 */
export const durationText = (duration: number, ends: readonly string[]): string => {
  const micro = duration > 0 ? Math.round(duration * 1000) : 0
  if (!(micro < 9e15)) return `0${ends[0]}`
  const whole = Math.floor(micro / 1000)
  return whole + (ends[micro - whole * 1000] as string)
}
