import { maySetField } from '../lib/forbidden-fields.ts'
import { compileGroupText, linearExpression } from '../lib/replacement.ts'
import { patternProblem } from './texts.ts'
import { report, type Scope } from './scope.ts'
import type { Place } from './source.ts'

type Values = Readonly<Record<string, unknown>>
const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a policy's options must be beyond their types. False after reporting. */
export const checkPolicy = (scope: Scope, name: string, value: unknown, place: Place, path: string): boolean => {
  const before = scope.findings.length
  if (name === 'headers' && isValues(value)) {
    for (const side of ['request', 'response'] as const) checkEdits(scope, value[side], place, `${path}.${side}`, true)
  }
  if (name === 'query') checkEdits(scope, value, place, path, false)
  if (name === 'rewrite') checkReplacement(scope, value, place, path, false)
  if (name === 'cors' && isValues(value)) checkCors(scope, value, place, path)
  if ((name === 'cors' || name === 'websocket') && isValues(value)) checkOrigins(scope, value, place, path)
  if (name === 'stripPrefix' && typeof value === 'string') checkPrefix(scope, value, place, path)
  if (name === 'rewrite' && typeof value === 'string' && !value.startsWith('/') && !value.startsWith('{')) {
    report(scope, place, 'GW1103', `${JSON.stringify(value)} is not a path`, 'begin with /: /v2/{*}', path)
  }
  if ((name === 'deny' || name === 'allow') && isValues(value) && Object.keys(value).every((key) => key === 'mode')) {
    report(scope, place, 'GW1105', `${path} holds no list`, 'give it ip, paths, methods or headers', path)
  }
  return scope.findings.length === before
}

const placeOfKey = (scope: Scope, object: object, key: string, fallback: Place): Place =>
  scope.places.get(object)?.get(key)?.key ?? fallback

/** Names that `headers` may not touch, and replacements that do not compile. */
const checkEdits = (scope: Scope, edits: unknown, place: Place, path: string, fields: boolean): void => {
  if (!isValues(edits)) return
  for (const key of ['set', 'add', 'default'] as const) {
    const map = edits[key]
    if (!fields || !isValues(map)) continue
    for (const name of Object.keys(map))
      if (!maySetField(name)) refuseField(scope, name, placeOfKey(scope, map, name, place), `${path}.${key}.${name}`)
  }
  const remove = edits['remove']
  for (const name of fields && Array.isArray(remove) ? remove : []) {
    if (/^[!#$%&'*+.^`|~0-9A-Za-z_-]+$/.test(String(name))) continue
    report(
      scope,
      placeOfValue(scope, edits, 'remove', place),
      'GW1103',
      `${JSON.stringify(name)} is not a header name`,
      'write a field name; a trailing * stands for any ending',
      `${path}.remove`,
    )
  }
  const rename = edits['rename']
  if (fields && isValues(rename)) {
    for (const [from, to] of Object.entries(rename)) {
      const name = [from, String(to)].find((one) => !maySetField(one))
      if (name !== undefined) refuseField(scope, name, placeOfKey(scope, rename, from, place), `${path}.rename.${from}`)
    }
  }
  const replace = edits['replace']
  if (!isValues(replace)) return
  for (const [name, one] of Object.entries(replace))
    checkReplacement(scope, one, placeOfKey(scope, replace, name, place), `${path}.replace.${name}`, true)
}

const refuseField = (scope: Scope, name: string, place: Place, path: string): void => {
  const host = name.toLowerCase() === 'host'
  report(
    scope,
    place,
    'GW1103',
    `${name} cannot be set here`,
    host ? 'write hostHeader' : 'the gateway itself makes framing and forwarding fields',
    path,
  )
}

/** `all`: every match is replaced, not only the first, so finding all of them has to be linear too. */
const checkReplacement = (scope: Scope, value: unknown, place: Place, path: string, all: boolean): void => {
  if (!isValues(value) || typeof value['find'] !== 'string' || typeof value['with'] !== 'string') return
  const expression = linearExpression(value['find'], all)
  if (!(expression instanceof RegExp)) {
    report(
      scope,
      placeOfValue(scope, value, 'find', place),
      'GW1109',
      `${JSON.stringify(value['find'])}: ${expression.reason}`,
      'Write the alternatives so that none reads far past the match of another, or anchor it with ^.',
      `${path}.find`,
    )
    return
  }
  try {
    compileGroupText(value['find'], value['with'])
  } catch (error) {
    report(
      scope,
      place,
      'GW1103',
      `${path}: ${error instanceof Error ? error.message : 'not a replacement'}`,
      'in with, {name} and {1} are groups of find',
      path,
    )
  }
}

const checkCors = (scope: Scope, value: Values, place: Place, path: string): void => {
  const origins = value['origins']
  const any = Array.isArray(origins) && origins.some((origin) => origin === '*' || origin === true)
  if (value['credentials'] !== true || !any) return
  report(
    scope,
    placeOfKey(scope, value, 'credentials', place),
    'GW1305',
    `${path} allows credentials to every origin`,
    'name the origins, or leave credentials out',
    path,
  )
}

/** Origins are a scheme and a host (RFC 6454): a bare host would never be equal to one. */
const checkOrigins = (scope: Scope, value: Values, place: Place, path: string): void => {
  const origins = value['origins']
  if (!Array.isArray(origins)) return
  for (const origin of origins.flat()) {
    if (typeof origin !== 'string' || origin === '*' || origin === 'null' || origin.startsWith('~')) continue
    if (/^[a-z][a-z0-9+.*-]*:\/\/[^/\s]+$/i.test(origin)) continue
    const help =
      /^[a-z0-9*.-]+(:[0-9]+)?$/i.test(origin) && /[a-z]/i.test(origin)
        ? `did you mean "https://${origin}"?`
        : 'write a scheme and a host: https://app.example.com'
    report(
      scope,
      placeOfValue(scope, value, 'origins', place),
      'GW1103',
      `${JSON.stringify(origin)} is not an origin`,
      help,
      `${path}.origins`,
    )
  }
}

const placeOfValue = (scope: Scope, object: object, key: string, fallback: Place): Place =>
  scope.places.get(object)?.get(key)?.value ?? fallback

const checkPrefix = (scope: Scope, value: string, place: Place, path: string): void => {
  const problem = patternProblem(value)
  const plain = !/[{}*~]/.test(value)
  if (problem === undefined && plain) return
  report(
    scope,
    place,
    'GW1304',
    `${JSON.stringify(value)} is not a path: ${problem?.message ?? 'it holds no parameters and no *'}`,
    'write true, or the literal beginning: /api/v2',
    path,
  )
}
