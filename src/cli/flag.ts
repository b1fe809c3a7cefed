/** One flag of a verb. Its long name is its key in kebab case; its environment twin is `GWANMUN_` and that name. */
export interface Flag<T> {
  readonly says: string
  readonly short?: string
  /** `<port>`; absent for a switch. */
  readonly value?: string
  readonly repeat?: boolean
  readonly choices?: readonly string[]
  /** Written default, for help. */
  readonly default?: T
  /** Throws a `FlagError` with a sentence when the text cannot be understood. */
  parse?(text: string): unknown
}

/** Flags by key. */
export type Flags = Readonly<Record<string, Flag<unknown>>>

/** A value that a flag cannot have; ends in exit code 2. */
export class FlagError extends Error {}

/** A switch, false unless given. */
export const flag = (says: string, short?: string): Flag<boolean> => ({
  says,
  ...(short === undefined ? {} : { short }),
})

/** A text. */
export const text = (value: string, says: string, short?: string): Flag<string | undefined> => ({
  says,
  value,
  ...(short === undefined ? {} : { short }),
})

/** A text that may be given several times. */
export const repeated = (value: string, says: string, short?: string): Flag<readonly string[]> => ({
  says,
  value,
  repeat: true,
  ...(short === undefined ? {} : { short }),
})

/** One of some words. */
export const oneOf = <const C extends readonly string[]>(
  choices: C,
  says: string,
  fallback: C[number],
): Flag<C[number]> => ({
  says,
  value: `<${choices.join('|')}>`,
  choices,
  default: fallback,
})

/** One of some words; undefined unless given. */
export const wordOf = <const C extends readonly string[]>(
  value: string,
  choices: C,
  says: string,
): Flag<C[number] | undefined> => ({
  says,
  value,
  choices,
})

interface IntegerBounds {
  readonly min: number
  readonly max: number
  readonly short?: string
}

const parseInteger =
  ({ min, max }: IntegerBounds) =>
  (written: string): number => {
    const number = Number(written)
    if (!/^\d+$/.test(written) || number < min || number > max)
      throw new FlagError(`write a whole number from ${min} to ${max}`)
    return number
  }

/** A whole number. */
export const integer = (value: string, says: string, bounds: IntegerBounds): Flag<number | undefined> => ({
  says,
  value,
  ...(bounds.short === undefined ? {} : { short: bounds.short }),
  parse: parseInteger(bounds),
})

/** A TCP port; 0 takes a free one. */
export const port = (says: string): Flag<number | undefined> => integer('<port>', says, { min: 0, max: 65_535 })

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A duration in ms: `500ms`, `10s`, `1m`. Unlike those of the configuration it may be a part of one: `0.5ms`. */
export const duration = (value: string, says: string, fallback: number, short?: string): Flag<number> => ({
  says,
  value,
  default: fallback,
  ...(short === undefined ? {} : { short }),
  parse(written) {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(written)
    if (match === null) throw new FlagError('write a number and ms, s, m or h: 500ms, 10s')
    return Number(match[1]) * (units[match[2] as string] as number)
  },
})

/** `noTraffic` → `no-traffic`. */
export const longName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `noTraffic` → `GWANMUN_NO_TRAFFIC`. */
export const envName = (key: string): string => `GWANMUN_${longName(key).replaceAll('-', '_').toUpperCase()}`
