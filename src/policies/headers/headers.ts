import type { Exchange, Reply } from '../../contract/exchange.ts'
import type { FieldList } from '../../contract/fields.ts'
import type { PolicyDefinition, PolicyHost, Template } from '../../contract/policy.ts'
import { maySetField } from '../../lib/forbidden-fields.ts'
import { fieldValue } from '../../lib/field-value.ts'
import { localLocation } from '../../lib/local-location.ts'
import { compileNames } from '../../lib/name-set.ts'
import { compileReplacement } from '../../lib/replacement.ts'
import { refused } from '../../lib/template-encoding.ts'
import type { HeaderEdits, HeadersOptions } from './options.ts'

type Name = Lowercase<string>
/** False: a value may not stand in a field. */
type Edit = (fields: FieldList, exchange: Exchange) => boolean

const lower = (name: string): Name => name.toLowerCase() as Name
const settable = (name: string): Name => {
  if (!maySetField(name)) throw new Error(`headers: ${name} cannot be set; it belongs to the gateway`)
  return lower(name)
}

const remove = (names: readonly string[]): Edit => {
  const isNamed = compileNames(names.map(lower))
  return (fields) => {
    for (let i = fields.length - 1; i >= 0; i--) if (isNamed(fields.nameAt(i))) fields.removeAt(i)
    return true
  }
}

/** All names change at once, so that two can be exchanged; a field that had the new name before gives way. */
const rename = (names: Readonly<Record<string, string>>): Edit => {
  const pairs = Object.entries(names).map(([from, to]) => ({ from: lower(from), to: settable(to) }))
  return (fields) => {
    let isThere = false
    for (let i = 0; i < pairs.length && !isThere; i++) isThere = fields.has((pairs[i] as (typeof pairs)[number]).from)
    if (!isThere) return true
    const found = pairs
      .filter(({ from }) => fields.has(from))
      .map(({ from, to }) => ({ from, to, values: fields.getAll(from) }))
    for (const { from, to } of found) {
      fields.remove(from)
      fields.remove(to)
    }
    for (const { to, values } of found) for (const value of values) fields.append(to, value)
    return true
  }
}

const replace = (name: Name, change: (value: string) => string): Edit => {
  return (fields) => {
    if (!fields.has(name)) return true
    const values = fields.getAll(name)
    fields.remove(name)
    for (const value of values) fields.append(name, change(value))
    return true
  }
}

const byDefault = (name: Name, value: Template): Edit => {
  return (fields, exchange) => {
    if (fields.has(name)) return true
    const text = value(exchange)
    if (text === refused) return false
    if (text !== undefined) fields.append(name, text)
    return true
  }
}

const set = (name: Name, value: Template): Edit => {
  return (fields, exchange) => {
    const text = value(exchange)
    if (text === undefined || text === refused) fields.remove(name)
    else fields.set(name, text)
    return text !== refused
  }
}

const add = (name: Name, value: Template): Edit => {
  return (fields, exchange) => {
    const text = value(exchange)
    if (text === refused) return false
    if (text !== undefined) fields.append(name, text)
    return true
  }
}

const dedupe = (name: Name): Edit => {
  return (fields) => {
    let isFirst = true
    for (let i = 0; i < fields.length; i++) {
      if (fields.nameAt(i) !== name) continue
      if (!isFirst) fields.removeAt(i--)
      isFirst = false
    }
    return true
  }
}

/** Steps of one side in their fixed order; an absent option costs nothing. */
const compileEdits = (
  edits: HeaderEdits & { readonly dedupe?: readonly string[] | undefined },
  host: PolicyHost,
): readonly Edit[] => {
  const steps: Edit[] = []
  const template = (name: string, text: string): Template => {
    const made = host.template(text, 'header')
    if (lower(name) !== 'location') return made
    return (exchange) => {
      const value = made(exchange)
      return value === undefined ? undefined : localLocation(text, value)
    }
  }
  if (edits.remove !== undefined) steps.push(remove(edits.remove))
  if (edits.rename !== undefined) steps.push(rename(edits.rename))
  for (const [name, { find, with: text }] of Object.entries(edits.replace ?? {}))
    steps.push(replace(settable(name), compileReplacement(find, safeText(text))))
  for (const [name, text] of Object.entries(edits.default ?? {}))
    steps.push(byDefault(settable(name), template(name, text)))
  for (const [name, text] of Object.entries(edits.set ?? {})) steps.push(set(settable(name), template(name, text)))
  for (const [name, texts] of Object.entries(edits.add ?? {}))
    for (const text of texts) steps.push(add(settable(name), template(name, text)))
  for (const name of edits.dedupe ?? []) steps.push(dedupe(lower(name)))
  return steps
}

const safeText = (text: string): string => {
  const value = fieldValue(text)
  if (value === undefined) throw new Error('headers: a value holds no control characters')
  return value
}

const unsafe: Reply = {
  status: 400,
  code: 'GW4003',
  detail: 'A value of this request holds characters that may not stand in a header field.',
}
const edited = 1
const refusedValue = 2

/**
 * `headers` (config.md §5.5). A request whose value may not stand in a field is 400 GW4003; in an answer such an entry
 * is left out. Throws at load for fields that belong to the codec or the gateway.
 */
export const headers: PolicyDefinition<HeadersOptions> = {
  name: 'headers',
  stage: 'transform',
  rank: 6,
  answers: { stage: 'respond', rank: 9 },
  dry: 'pure',
  create(options, host) {
    const request = compileEdits(options.request ?? {}, host)
    const response = compileEdits(options.response ?? {}, host)
    const explain = (_exchange: Exchange, code: number, steps: number): string =>
      code === edited
        ? `${steps} ${steps === 1 ? 'edit' : 'edits'}`
        : 'refused: a value may not stand in a header field'
    return {
      ...(request.length === 0
        ? {}
        : {
            onRequest(exchange: Exchange) {
              const { fields } = exchange.request
              for (let i = 0; i < request.length; i++) {
                if ((request[i] as Edit)(fields, exchange)) continue
                exchange.note(refusedValue)
                return unsafe
              }
              exchange.note(edited, request.length)
              return undefined
            },
          }),
      ...(response.length === 0
        ? {}
        : {
            onResponse(exchange: Exchange) {
              const { fields } = exchange.response
              for (let i = 0; i < response.length; i++) (response[i] as Edit)(fields, exchange)
              exchange.note(edited, response.length)
              return undefined
            },
          }),
      explain,
    }
  },
}
