import type { Exchange, Reply } from '../../contract/exchange.ts'
import type { PolicyDefinition, PolicyHost, Template } from '../../contract/policy.ts'
import { compileNames } from '../../lib/name-set.ts'
import { encodeQuery } from '../../lib/query.ts'
import {
  editableQuery,
  joinQuery,
  removeParameter,
  setParameter,
  valueOf,
  type EditableQuery,
} from '../../lib/query-edits.ts'
import { compileReplacement, type Replace } from '../../lib/replacement.ts'
import type { QueryOptions } from './options.ts'

type Edit = (parameters: EditableQuery, exchange: Exchange) => void

const remove = (names: readonly string[]): Edit => {
  const isNamed = compileNames(names)
  return (parameters) => {
    for (let i = parameters.length - 1; i >= 0; i--)
      if (isNamed((parameters[i] as EditableQuery[number]).name)) parameters.splice(i, 1)
  }
}

/** All names change at once, so that two can be exchanged; a parameter that had the new name before gives way. */
const rename = (names: Readonly<Record<string, string>>): Edit => {
  const pairs = new Map(Object.entries(names))
  return (parameters) => {
    const taken = new Set<string>()
    for (const { name } of parameters) {
      const to = pairs.get(name)
      if (to !== undefined) taken.add(to)
    }
    for (let i = parameters.length - 1; i >= 0; i--) {
      const parameter = parameters[i] as EditableQuery[number]
      const to = pairs.get(parameter.name)
      if (to !== undefined) {
        const equals = parameter.raw.indexOf('=')
        parameter.raw = encodeQuery(to) + (equals < 0 ? '' : parameter.raw.slice(equals))
        parameter.name = to
      } else if (taken.has(parameter.name)) parameters.splice(i, 1)
    }
  }
}

const replace = (name: string, change: Replace): Edit => {
  return (parameters) => {
    for (const parameter of parameters)
      if (parameter.name === name && parameter.raw.includes('='))
        parameter.raw = `${encodeQuery(name)}=${encodeQuery(change(valueOf(parameter.raw)))}`
  }
}

const byDefault = (name: string, value: Template): Edit => {
  return (parameters, exchange) => {
    if (parameters.some((parameter) => parameter.name === name)) return
    const encoded = value(exchange)
    if (encoded !== undefined) setParameter(parameters, name, encoded)
  }
}

const set = (name: string, value: Template): Edit => {
  return (parameters, exchange) => {
    const encoded = value(exchange)
    if (encoded === undefined) removeParameter(parameters, name)
    else setParameter(parameters, name, encoded)
  }
}

const add = (name: string, value: Template): Edit => {
  return (parameters, exchange) => {
    const encoded = value(exchange)
    if (encoded !== undefined) parameters.push({ name, raw: `${encodeQuery(name)}=${encoded}` })
  }
}

const compileEdits = (edits: QueryOptions, host: PolicyHost): readonly Edit[] => {
  const steps: Edit[] = []
  if (edits.remove !== undefined) steps.push(remove(edits.remove))
  if (edits.rename !== undefined) steps.push(rename(edits.rename))
  for (const [name, { find, with: text }] of Object.entries(edits.replace ?? {}))
    steps.push(replace(name, compileReplacement(find, text)))
  for (const [name, text] of Object.entries(edits.default ?? {}))
    steps.push(byDefault(name, host.template(text, 'query')))
  for (const [name, text] of Object.entries(edits.set ?? {})) steps.push(set(name, host.template(text, 'query')))
  for (const [name, texts] of Object.entries(edits.add ?? {}))
    for (const text of texts) steps.push(add(name, host.template(text, 'query')))
  return steps
}

const tooMany: Reply = { status: 400, code: 'GW4000', detail: 'The query holds more than 1000 parameters.' }
const edited = 1
const refused = 2

/** `query` (config.md §5.5): edits the query that is sent on; parameters that no edit names stay exactly as they were written. */
export const query: PolicyDefinition<QueryOptions> = {
  name: 'query',
  stage: 'transform',
  rank: 4,
  dry: 'pure',
  create(options, host) {
    const edits = compileEdits(options, host)
    return {
      onRequest(exchange) {
        const parameters = editableQuery(exchange.request.query)
        if (parameters === undefined) {
          exchange.note(refused)
          return tooMany
        }
        for (let i = 0; i < edits.length; i++) (edits[i] as Edit)(parameters, exchange)
        exchange.clientQuery ??= exchange.request.query
        exchange.request.query = joinQuery(parameters)
        exchange.note(edited, edits.length)
        return undefined
      },
      explain: (_exchange, code, steps) => (code === edited ? `${steps} edits` : 'refused: more than 1000 parameters'),
    }
  },
}
