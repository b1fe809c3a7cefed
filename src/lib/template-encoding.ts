import type { TemplatePlace } from '../contract/policy.ts'
import { fieldValue } from './field-value.ts'
import { hostPlace } from './host-place.ts'
import { encodeQuery } from './query.ts'
import { encodeRest, encodeSegment } from './segment.ts'
import type { TemplatePart } from './template.ts'

/** What a template gives when a value may not stand in its place: the request is to be refused with 400. */
export const refused = '\u0000'

/** How the values of one template are encoded, by the index of their part. */
export interface PlaceEncoders {
  literal(text: string): string
  readonly values: readonly (((value: string) => string) | undefined)[]
  /** Indexes of `{*}` in a path that end a segment: when it is empty, the slash before it goes too. */
  readonly rests: ReadonlySet<number>
}

type Encode = (value: string) => string
type Position = 'start' | 'authority' | 'path' | 'query'

const asIs: Encode = (value) => value
const header: Encode = (value) => fieldValue(value) ?? refused
const segment: Encode = (value) => (value === '' ? refused : encodeSegment(value))
const hostForms = {
  labels: /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/,
  host: /^[A-Za-z0-9.:[\]-]+$/,
  port: /^[0-9]{1,5}$/,
}
const authority = (parts: readonly TemplatePart[], index: number): Encode => {
  const place = hostPlace(parts, index)
  if (place === undefined) throw choosesHost((parts[index] as Exclude<TemplatePart, string>).text)
  const form = hostForms[place]
  return (value) => (form.test(value) ? value : refused)
}

const unsafeInUrl = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/%?#[\]]+/g
/** Literal text of a URL: what RFC 3986 does not allow is escaped, escapes stay. */
const urlText: Encode = (literal) => literal.replace(unsafeInUrl, (part) => encodeURIComponent(part.toWellFormed()))

const headerText: Encode = (literal) => {
  const value = fieldValue(literal)
  if (value === undefined) throw new Error('a field value holds no control characters')
  return value
}

const noRests: ReadonlySet<string> = new Set()

/** Chooses the encoders for a place (config.md §1.5); throws at load when a literal or a URL's beginning cannot stand there. */
export const placeEncoders = (
  parts: readonly TemplatePart[],
  place: TemplatePlace,
  rests: ReadonlySet<string> = noRests,
): PlaceEncoders => {
  if (place === 'text') return uniform(parts, asIs, asIs)
  if (place === 'header') return uniform(parts, headerText, header)
  if (place === 'query') return uniform(parts, encodeQuery, encodeQuery)
  return urlEncoders(parts, place === 'location', rests)
}

const uniform = (parts: readonly TemplatePart[], literal: Encode, value: Encode): PlaceEncoders => ({
  literal,
  values: parts.map((part) => (typeof part === 'string' ? undefined : value)),
  rests: new Set(),
})

const named = (path: readonly (string | number)[], root: string, field: string): boolean =>
  path.length === 2 && path[0] === root && path[1] === field

/** The raw query stands for whole parameters, so it is kept as it is only where a parameter may begin. */
const queryEncoder = (path: readonly (string | number)[], before: TemplatePart | undefined): Encode =>
  named(path, 'request', 'rawQuery') && typeof before === 'string' && /[?&]$/.test(before) ? asIs : encodeQuery

const urlEncoders = (parts: readonly TemplatePart[], absolute: boolean, names: ReadonlySet<string>): PlaceEncoders => {
  const values: (Encode | undefined)[] = []
  const rests = new Set<number>()
  let position: Position = 'start'
  for (const [index, part] of parts.entries()) {
    let encode: Encode | undefined
    if (typeof part === 'string') {
      if (index === 0 && part.startsWith('://')) throw beginning(absolute)
      position = positionAfter(position, part, absolute)
    } else if (named(part.path, 'request', 'path') && position !== 'query') {
      // It is canonical and begins with a slash, so it may also end an authority, but not stand for one.
      if (position === 'authority' && literalAt(parts, index - 1).endsWith('//')) throw beginning(absolute)
      position = 'path'
      encode = asIs
    } else if (position === 'start') {
      if (!absolute || !named(part.path, 'request', 'scheme') || !literalAt(parts, index + 1).startsWith('://'))
        throw beginning(absolute)
      encode = asIs
    } else if (position === 'authority') encode = authority(parts, index)
    else if (position === 'query') encode = queryEncoder(part.path, parts[index - 1])
    else if (part.path[0] === 'params' && (part.path[1] === '*' || names.has(String(part.path[1])))) {
      if (/^(?:$|[/?#])/.test(literalAt(parts, index + 1)) && typeof parts[index + 1] !== 'object') rests.add(index)
      encode = encodeRest
    } else encode = segment
    values.push(encode)
  }
  if (position === 'start') throw beginning(absolute)
  return { literal: urlText, values, rests }
}

const literalAt = (parts: readonly TemplatePart[], index: number): string => {
  const part = parts[index]
  return typeof part === 'string' ? part : ''
}

const beginning = (absolute: boolean): Error =>
  new Error(absolute ? 'a location begins with / or with http:// or https:// and a host' : 'a path begins with /')

const choosesHost = (placeholder: string): Error =>
  new Error(`${placeholder} may not stand there in the host, or a request could choose where it leads`)

const positionAfter = (position: Position, literal: string, absolute: boolean): Position => {
  let rest = literal
  let now = position
  if (now === 'start') {
    const scheme = absolute ? /^(?:https?)?:\/\//i.exec(rest) : null
    if (scheme !== null) {
      now = 'authority'
      rest = rest.slice(scheme[0].length)
    } else if (rest.startsWith('/') && !/^\/[/\\]/.test(rest)) now = 'path'
    else throw beginning(absolute)
  }
  if (now === 'authority') {
    const end = rest.search(/[/?#]/)
    if (end < 0) return now
    if (end === 0 && position === 'start') throw beginning(absolute)
    if (/[@\\]/.test(rest.slice(0, end))) throw beginning(absolute)
    now = 'path'
    rest = rest.slice(end)
  }
  return now === 'path' && /[?#]/.test(rest) ? 'query' : now
}
