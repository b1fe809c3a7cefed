import { isIP } from 'node:net'
import type { ScalarNode } from '../contract/schema.ts'
import type { ErrorCode } from '../errors.ts'
import { parseHostPattern } from '../lib/host-pattern.ts'
import { parseDuration } from '../lib/duration.ts'
import { knownMethods } from '../lib/methods.ts'
import { certain } from '../lib/certain.ts'
import { nearest } from '../lib/nearest.ts'
import { parseShare, parseSize } from '../lib/size.ts'
import { parseStatusRange } from '../lib/status-range.ts'
import { kindWords } from './scalar-words.ts'

/** A scalar of the file once `${…}` is filled in. */
export interface Written {
  readonly value: string | number | boolean | null
  /** Its text as written. */
  readonly text: string
  /** What people may see of it: the text before `${…}` was filled in. */
  readonly shown: string
  /** Came from one `${…}` alone and so takes the type of its field. */
  readonly lone: boolean
}

/** What is wrong with a scalar. */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
  readonly help: string
  /** What to write instead, where that is certain. */
  readonly fix?: string
}

export type Read = { readonly value: unknown } | Problem
export const isProblem = (read: Read): read is Problem => 'code' in read

const quoted = (written: Written): string => JSON.stringify(written.shown)

/** "5x" is not a duration. */
export const notValid = (node: ScalarNode, written: Written): Problem => ({
  code: 'GW1103',
  message: `${quoted(written)} is not ${kindWords[node.kind].name}`,
  help: kindWords[node.kind].help,
})

/** A value of another kind: a number where a text is wanted, and the like. */
const wrongKind = (node: ScalarNode, written: Written): Problem => ({
  code: 'GW1102',
  message: `${kindWords[node.kind].name} is wanted here, not ${kindOf(written)}`,
  help: kindWords[node.kind].help,
})

const kindOf = (written: { readonly value: unknown; readonly shown?: string; readonly text: string }): string => {
  if (written.value === null) return 'nothing'
  if (typeof written.value === 'string') return `the text ${JSON.stringify(written.shown ?? written.text)}`
  return `the ${typeof written.value === 'number' ? 'number' : 'value'} ${written.shown ?? written.text}`
}

const inRange = (node: ScalarNode, value: number, written: Written): Read => {
  if (node.min !== undefined && value < node.min) return outOfRange(node, written)
  if (node.max !== undefined && value > node.max) return outOfRange(node, written)
  return { value }
}
const outOfRange = (node: ScalarNode, written: Written): Problem => ({
  code: 'GW1107',
  message: `${written.shown} is out of range`,
  help: node.max === undefined ? `at least ${node.min ?? 0}` : `between ${node.min ?? 0} and ${node.max}`,
})

const readInteger = (node: ScalarNode, written: Written, low: number, high: number): Read => {
  const value = typeof written.value === 'number' ? written.value : written.lone ? Number(written.text) : Number.NaN
  if (typeof written.value === 'string' && /^[0-9]+(_[0-9]+)+$/.test(written.text)) {
    return { ...notValid(node, written), help: `YAML reads this as a text; write ${written.text.replaceAll('_', '')}` }
  }
  if (typeof written.value === 'string' && !written.lone) {
    return /^[0-9]+$/.test(written.text)
      ? { ...wrongKind(node, written), help: `remove the quotes: ${written.shown}` }
      : wrongKind(node, written)
  }
  if (!Number.isSafeInteger(value) || (written.lone && !/^-?[0-9]+$/.test(written.text))) return notValid(node, written)
  const bounded = { ...node, min: Math.max(node.min ?? low, low), max: Math.min(node.max ?? high, high) }
  return inRange(
    bounded.max === Number.MAX_SAFE_INTEGER ? { kind: node.kind, min: bounded.min } : bounded,
    value,
    written,
  )
}

/** Reads one scalar by the kind its field asks for. Kinds that need the disk or the rest of the file are read elsewhere. */
export const readScalar = (node: ScalarNode, written: Written): Read => {
  const { value, text } = written
  if (value === null)
    return { ...wrongKind(node, written), message: `${kindWords[node.kind].name} is wanted here; nothing is written` }
  switch (node.kind) {
    case 'boolean': {
      if (typeof value === 'boolean') return { value }
      if (written.lone && (text === 'true' || text === 'false')) return { value: text === 'true' }
      return wrongKind(node, written)
    }
    case 'integer':
      return readInteger(node, written, Math.min(0, node.min ?? 0), Number.MAX_SAFE_INTEGER)
    case 'port':
      return readInteger(node, written, 0, 65_535)
    case 'status':
      return readInteger(node, written, 100, 599)
    case 'number': {
      const number = typeof value === 'number' ? value : written.lone && text !== '' ? Number(text) : Number.NaN
      if (!Number.isFinite(number)) return wrongKind(node, written)
      return inRange(node, number, written)
    }
    case 'json':
    case 'templateTree':
      return { value: written.lone ? text : value }
    case 'matcher':
      if (value === true) return { value: true }
      if (text === 'none' && typeof value === 'string') return { value: null }
      break
    case 'duration':
      return readUnit(node, written, parseDuration(text))
    case 'size':
      return readUnit(node, written, parseSize(text))
    case 'share': {
      const share = parseShare(text)
      return share === undefined ? notValid(node, written) : { value: share }
    }
    default:
      break
  }
  if (typeof value !== 'string' && !textLike.has(node.kind)) return wrongKind(node, written)
  if (typeof value === 'boolean' && node.kind !== 'template' && node.kind !== 'matcher') return wrongKind(node, written)
  return readText(node, written, text)
}

/** A number with its unit; a bare number is told what it lacks. */
const readUnit = (node: ScalarNode, written: Written, value: number | undefined): Read => {
  if (value !== undefined) return inRange(node, value, written)
  if (typeof written.value !== 'number') return notValid(node, written)
  return { ...notValid(node, written), message: `${written.shown} has no unit; ${kindWords[node.kind].name} is wanted` }
}

/** Kinds that also take a number as its text. */
const textLike: ReadonlySet<string> = new Set(['text', 'template', 'matcher', 'statusRange', 'outcome', 'glob'])

/** A misspelled method would match nothing and say nothing. */
const meantMethod = (text: string): { readonly help: string; readonly fix?: string } => {
  const word = text.toUpperCase()
  const known = knownMethods.includes(word)
  const near = known ? word : nearest(word, knownMethods)
  if (near === undefined) return { help: kindWords.method.help }
  const sure = known || certain(word, knownMethods) === near
  return { help: `did you mean ${near}?`, ...(sure ? { fix: near } : {}) }
}

const readText = (node: ScalarNode, written: Written, text: string): Read => {
  switch (node.kind) {
    case 'statusRange':
      return readStatusRange(node, written, text)
    case 'outcome':
      return /^(connect|reset|timeout|open|[1-5]xx|[1-5][0-9]{2}(-[1-5][0-9]{2})?)$/.test(text)
        ? { value: text }
        : notValid(node, written)
    case 'method':
      if (knownMethods.includes(text)) return { value: text }
      return { ...notValid(node, written), ...meantMethod(text) }
    case 'fieldName':
      return /^[!#$%&'*+.^`|~0-9A-Za-z_-]{1,200}$/.test(text) ? { value: text } : notValid(node, written)
    case 'name':
      return isName(text) ? { value: text } : { ...notValid(node, written), code: 'GW1111' }
    case 'address':
      return isIP(text) !== 0 ? { value: text } : notValid(node, written)
    case 'countryCode':
      return /^[A-Z]{2}$/.test(text) ? { value: text } : notValid(node, written)
    case 'host':
      return readHost(node, written, text)
    case 'hostPattern':
      return readHostPattern(node, written, text)
    case 'url':
      return readUrl(node, written, text)
    case 'targetUrl':
      return readTarget(node, written, text)
    case 'date': {
      const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?$/.test(text)
        ? Date.parse(text)
        : Number.NaN
      return Number.isNaN(time) ? notValid(node, written) : { value: time }
    }
    default:
      return { value: text }
  }
}

/** Names of things (config.md §1.1). A route may be called `all` or `any`: nothing refers to routes by such words. */
export const isName = (text: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(text) && !/^(none|all|any)$/.test(text)

const readStatusRange = (node: ScalarNode, written: Written, text: string): Read => {
  const range = parseStatusRange(text)
  return range === undefined ? notValid(node, written) : { value: range }
}

/** A host with an optional port, as `Host` carries it. */
const readHost = (node: ScalarNode, written: Written, text: string): Read => {
  const port = /^(\[[^\]]*\]|[^:]*):([0-9]{1,5})$/.exec(text)
  const host = parseHostPattern(port?.[1] ?? text)
  if (host.kind !== 'exact' || Number(port?.[2] ?? 0) > 65_535) return notValid(node, written)
  return { value: port === null ? host.host : `${host.host}:${port[2] ?? ''}` }
}

const readHostPattern = (node: ScalarNode, written: Written, text: string): Read => {
  const host = parseHostPattern(text)
  switch (host.kind) {
    case 'exact':
      return { value: host.host }
    case 'wildcard':
      return { value: `*.${host.suffix}` }
    case 'label':
      return { value: `{${host.name}}.${host.suffix}` }
    default: {
      const bare = text.replace(/^https?:\/\//, '').replace(/[/:].*$/, '')
      return {
        ...notValid(node, written),
        message: `${quoted(written)} is not a host: ${host.reason}`,
        help: bare !== text && bare !== '' ? `write ${bare}` : kindWords.hostPattern.help,
      }
    }
  }
}

/** What the parser of URLs takes in silence, and nobody means. */
const blank = /[\s\p{Cc}]/u
const noBlank = 'a URL holds no blank; write %20 for one'

const readUrl = (node: ScalarNode, written: Written, text: string): Read => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return { ...notValid(node, written), help: `write it with its scheme: https://${written.shown}` }
  if (blank.test(text)) return { ...notValid(node, written), help: noBlank }
  return URL.canParse(text) ? { value: text } : notValid(node, written)
}

const laterSchemes: ReadonlySet<string> = new Set(['h2c', 'tcp', 'udp', 'tls'])

const readTarget = (node: ScalarNode, written: Written, text: string): Read => {
  if (/^unix:\/[^\0]+$/.test(text)) return { value: text }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) {
    const looksRight = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]+)?(\/.*)?$/i.test(text)
    const guess = text.endsWith(':443') ? 'https' : 'http'
    return {
      code: 'GW1104',
      message: `target ${quoted(written)} has no scheme`,
      help: looksRight ? `did you mean "${guess}://${written.shown}"?` : kindWords.targetUrl.help,
    }
  }
  if (laterSchemes.has(scheme)) {
    return {
      code: 'GW1108',
      message: `targets with ${scheme}:// are not available yet in this version`,
      help: 'Use http://, https:// or unix: until they come.',
    }
  }
  if (scheme !== 'http' && scheme !== 'https')
    return { ...notValid(node, written), help: `the scheme ${scheme} is not known; use http, https, unix` }
  if (blank.test(text)) return { ...notValid(node, written), help: noBlank }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '') return notValid(node, written)
  if (url.search !== '' || url.hash !== '')
    return { ...notValid(node, written), help: 'a target has no query and no fragment' }
  if (url.username !== '' || url.password !== '')
    return {
      ...notValid(node, written),
      message: 'a target holds no user and password',
      help: 'send them as a header: headers.request.set',
    }
  return { value: text }
}
