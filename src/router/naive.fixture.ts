import { BlockList } from 'node:net'
import type { MatchInput } from '../contract/plan.ts'
import type { ConditionSnapshot } from '../contract/snapshot.ts'
import type { RouterEntry } from './entry.ts'

/**
 * The router once more, as slow and as close to the words of config.md §4 as it can be, sharing no code with the real
 * one: every route is tried, and all that match are sorted.
 */
interface Hit {
  readonly route: number
  readonly key: readonly (number | string)[]
  readonly params: Record<string, string>
}

export interface NaiveMatch {
  readonly value: number | undefined
  readonly params: Record<string, string>
  readonly allow: readonly string[] | undefined
}

/** Without `;parameters`, and with the escapes undone of what may stand raw. */
const matched = (path: string): string =>
  path.replace(/;[^/]*/g, '').replace(/%(?:2[146-9ABC]|3[AD]|40|5[BD])/g, (escape) => decodeURIComponent(escape))

/** Parameters of the segment, or undefined when it does not fit. */
const segmentParams = (pattern: string, segment: string): Record<string, string> | undefined => {
  const found = /^([^{]*)\{([a-z0-9]+)(?::([^}]+))?\}(.*)$/.exec(pattern)
  if (found === null) return pattern === segment ? {} : undefined
  const [, before = '', name = '', expression, after = ''] = found
  if (!segment.startsWith(before) || !segment.endsWith(after) || segment.length <= before.length + after.length)
    return undefined
  const value = decodeURIComponent(segment.slice(before.length, segment.length - after.length))
  return expression === undefined || new RegExp(`^(?:${expression})$`).test(value) ? { [name]: value } : undefined
}

const pathParams = (pattern: string, path: string): Record<string, string> | undefined => {
  if (pattern.startsWith('~')) {
    const found = new RegExp(`^(?:${pattern.slice(1)})$`).exec(path)
    return found === null
      ? undefined
      : Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]))
  }
  const wanted = pattern.split('/').slice(1)
  const given = path.split('/').slice(1)
  const params: Record<string, string> = {}
  const rest = wanted.at(-1) === '*'
  if (rest) wanted.pop()
  if (rest ? given.length < wanted.length : given.length !== wanted.length) return undefined
  for (const [index, part] of wanted.entries()) {
    const taken = segmentParams(part, given[index] as string)
    if (taken === undefined) return undefined
    Object.assign(params, taken)
  }
  if (rest) params['*'] = decodeURIComponent(given.slice(wanted.length).join('/'))
  return params
}

const pathKey = (pattern: string): string => {
  if (pattern.startsWith('~')) return `b${String(1000 - pattern.length).padStart(4, '0')}`
  if (!pattern.includes('{') && !pattern.endsWith('/*')) return 'a'
  const segments = pattern.split('/').slice(1)
  return `c${segments.map((part) => (part === '*' ? 'd' : /^\{[a-z0-9]+\}$/.test(part) ? 'c' : part.includes('{') ? 'b' : 'a')).join('')}`
}

const hostParams = (pattern: string, host: string): Record<string, string> | undefined => {
  if (pattern.startsWith('*.'))
    return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 ? {} : undefined
  if (!pattern.startsWith('{')) return pattern === host ? {} : undefined
  const [label = '', ...others] = host.split('.')
  return label !== '' && others.join('.') === pattern.slice(pattern.indexOf('}') + 2)
    ? { [pattern.slice(1, pattern.indexOf('}'))]: label }
    : undefined
}

const hostKey = (pattern: string | undefined): number => {
  if (pattern === undefined) return 100
  return /^[*{]/.test(pattern) ? 50 - pattern.split('.').length + (pattern.startsWith('*') ? 0.5 : 0) : 0
}

const valueHolds = (matcher: unknown, value: string | undefined): boolean => {
  if (Array.isArray(matcher)) return matcher.some((item) => valueHolds(item, value))
  if (matcher === true) return value !== undefined
  if (matcher === null || value === undefined) return matcher === null && value === undefined
  const text = matcher as string
  return text.startsWith('~') ? new RegExp(`^(?:${text.slice(1)})$`).test(value) : text === value
}

const conditionHolds = (condition: ConditionSnapshot, input: MatchInput): boolean => {
  if (condition.kind === 'ip') {
    const list = new BlockList()
    for (const cidr of condition.matcher as string[]) {
      const [address = '', bits] = cidr.split('/')
      list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
    }
    return list.check(input.address, input.address.includes(':') ? 'ipv6' : 'ipv4')
  }
  if (condition.kind === 'headers')
    return valueHolds(
      condition.matcher,
      input.fields.getAll(condition.name as Lowercase<string>).join(', ') || undefined,
    )
  if (condition.kind === 'query')
    return valueHolds(condition.matcher, new URLSearchParams(input.query).get(condition.name) ?? undefined)
  const cookies = (input.fields.get('cookie') ?? '').split('; ').map((pair) => pair.split('='))
  return valueHolds(condition.matcher, cookies.find((pair) => pair[0] === condition.name)?.[1])
}

const compareKeys = (a: readonly (number | string)[], b: readonly (number | string)[]): number => {
  for (const [index, x] of a.entries()) {
    const y = b[index] as number | string
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}

/** All that match but for the method, best first. */
const hits = (entries: readonly RouterEntry<number>[], input: MatchInput): readonly Hit[] => {
  const found: Hit[] = []
  for (const [route, entry] of entries.entries()) {
    if (!entry.conditions.every((condition) => conditionHolds(condition, input))) continue
    for (const host of entry.hosts.length === 0 ? [undefined] : entry.hosts) {
      const fromHost = host === undefined ? {} : hostParams(host, input.host)
      for (const path of entry.paths) {
        const fromPath = pathParams(path, matched(input.path))
        if (fromHost === undefined || fromPath === undefined) continue
        const key = [
          -entry.priority,
          hostKey(host),
          pathKey(path),
          entry.methods.length > 0 ? 0 : 1,
          -entry.conditions.length,
          entry.name,
        ]
        found.push({ route, key, params: { ...fromHost, ...fromPath } })
      }
    }
  }
  return found.sort((a, b) => compareKeys(a.key, b.key))
}

export const naiveMatch = (entries: readonly RouterEntry<number>[], input: MatchInput): NaiveMatch => {
  const all = hits(entries, input)
  const methodsOf = (hit: Hit): readonly string[] => {
    const methods = (entries[hit.route] as RouterEntry<number>).methods
    return methods.includes('GET') ? [...methods, 'HEAD'] : methods
  }
  const asked = input.method === 'OPTIONS' ? input.fields.get('access-control-request-method') : undefined
  for (const method of asked === undefined ? [input.method] : [asked, input.method]) {
    const best = all.find((hit) => methodsOf(hit).length === 0 || methodsOf(hit).includes(method))
    if (best !== undefined)
      return { value: (entries[best.route] as RouterEntry<number>).value, params: best.params, allow: undefined }
  }
  return {
    value: undefined,
    params: {},
    allow: all.length === 0 ? undefined : [...new Set(all.flatMap(methodsOf))].sort(),
  }
}
