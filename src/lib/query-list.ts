import { encodeQuery, splitQuery } from './query.ts'
import type { QueryParameter } from './query.ts'

const made = (name: string, value: string): QueryParameter => ({
  raw: `${encodeQuery(name)}=${encodeQuery(value)}`,
  name,
  value,
})

/**
 * Parameters of a query that is edited. Names and values are decoded; order, repeats and the bytes of what is not
 * touched stay as they came.
 */
export class QueryList {
  private parameters: readonly QueryParameter[]

  private constructor(parameters: readonly QueryParameter[]) {
    this.parameters = parameters
  }

  /** Takes a raw query apart; undefined when it holds more than 1,000 parameters. */
  static of(query: string): QueryList | undefined {
    const parameters = splitQuery(query)
    return parameters === undefined ? undefined : new QueryList(parameters)
  }

  has(name: string): boolean {
    return this.parameters.some((parameter) => parameter.name === name)
  }

  /** Removes all of that name; a trailing `*` stands for any ending. */
  remove(name: string): void {
    const prefix = name.endsWith('*') ? name.slice(0, -1) : undefined
    this.parameters = this.parameters.filter((parameter) =>
      prefix === undefined ? parameter.name !== name : !parameter.name.startsWith(prefix),
    )
  }

  /** Gives all of that name another one; their values keep their bytes. */
  rename(name: string, to: string): void {
    this.parameters = this.parameters.map((parameter) => {
      if (parameter.name !== name) return parameter
      const equals = parameter.raw.indexOf('=')
      return {
        raw: equals < 0 ? encodeQuery(to) : `${encodeQuery(to)}${parameter.raw.slice(equals)}`,
        name: to,
        value: parameter.value,
      }
    })
  }

  /** Changes each value of that name; one that comes out the same keeps its bytes. */
  replace(name: string, change: (value: string) => string): void {
    this.parameters = this.parameters.map((parameter) => {
      if (parameter.name !== name) return parameter
      const value = change(parameter.value)
      return value === parameter.value ? parameter : made(name, value)
    })
  }

  /** Adds it only if there is none of that name. */
  default(name: string, value: string): void {
    if (!this.has(name)) this.add(name, value)
  }

  /** Puts one in place of the first of that name and removes the others; at the end when there is none. */
  set(name: string, value: string): void {
    const at = this.parameters.findIndex((parameter) => parameter.name === name)
    if (at < 0) return this.add(name, value)
    this.parameters = this.parameters
      .filter((parameter, index) => index === at || parameter.name !== name)
      .map((parameter) => (parameter.name === name ? made(name, value) : parameter))
  }

  add(name: string, value: string): void {
    this.parameters = [...this.parameters, made(name, value)]
  }

  /** The raw query, without `?`. */
  toString(): string {
    return this.parameters.map((parameter) => parameter.raw).join('&')
  }
}
