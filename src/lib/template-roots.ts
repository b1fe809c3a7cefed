import type { Stage } from '../contract/policy.ts'
import { stageIndex } from './stages.ts'
import { parseTemplate, type Placeholder, type TemplateError } from './template.ts'

/** A field of a root: one value, a map of values by name, or something that a later version knows. */
export type TemplateField = 'value' | 'map' | { readonly later: string }

/** What stands under a root of config.md §1.5, and from which stage it is known. */
export interface TemplateRoot {
  readonly stage: Stage
  /** Fields by name; a plain kind when the root itself is a value or a map. */
  readonly fields: Readonly<Record<string, TemplateField>> | TemplateField
}

const later = (what: string): { readonly later: string } => ({ later: what })

/** Every root of config.md §1.5. */
const templateRoots: Readonly<Record<string, TemplateRoot>> = {
  request: {
    stage: 'receive',
    fields: {
      id: 'value',
      method: 'value',
      scheme: 'value',
      host: 'value',
      port: 'value',
      path: 'value',
      query: 'map',
      rawQuery: 'value',
      headers: 'map',
      cookies: 'map',
      body: later('transform'),
      size: 'value',
      time: 'value',
      protocol: 'value',
    },
  },
  client: { stage: 'receive', fields: { ip: 'value', port: 'value', country: later('geoip'), cert: later('tls') } },
  listener: { stage: 'receive', fields: { name: 'value' } },
  gateway: { stage: 'receive', fields: { node: 'value', version: 'value' } },
  trace: { stage: 'receive', fields: { id: 'value', span: 'value' } },
  auth: { stage: 'authenticate', fields: later('auth') },
  consumer: { stage: 'authenticate', fields: later('auth') },
  claims: { stage: 'authenticate', fields: later('auth') },
  params: { stage: 'match', fields: 'map' },
  route: { stage: 'match', fields: { name: 'value', labels: 'map' } },
  message: { stage: 'match', fields: later('consume') },
  service: { stage: 'deliver', fields: { name: 'value' } },
  target: { stage: 'deliver', fields: { url: 'value', zone: later('zones') } },
  parts: { stage: 'deliver', fields: later('aggregate') },
  item: { stage: 'deliver', fields: later('aggregate') },
  response: {
    stage: 'respond',
    fields: { status: 'value', headers: 'map', body: later('transform'), source: 'value', time: 'value' },
  },
  error: { stage: 'respond', fields: { code: 'value', status: 'value', title: 'value', detail: 'value' } },
  job: { stage: 'respond', fields: later('async') },
  username: { stage: 'authenticate', fields: later('auth') },
  password: { stage: 'authenticate', fields: later('auth') },
  args: { stage: 'deliver', fields: later('graphql') },
  parent: { stage: 'deliver', fields: later('graphql') },
  now: { stage: 'receive', fields: 'value' },
}

/** Where a template stands: its stage, and the parameters that its route captures (undefined: not known). */
export interface TemplatePosition {
  readonly stage: Stage
  readonly params?: readonly string[] | undefined
}

/** A template's errors at a place; `later` names what a placeholder waits for that this version does not know. */
export const checkTemplate = (
  text: string,
  position: TemplatePosition,
): readonly (TemplateError & { readonly later?: string })[] => {
  const { parts, errors } = parseTemplate(text)
  const found: (TemplateError & { readonly later?: string })[] = [...errors]
  for (const part of parts) {
    if (typeof part === 'string') continue
    const reason = reasonAgainst(part, position)
    if (reason !== undefined) found.push({ offset: part.offset, length: part.text.length, ...reason })
  }
  return found
}

const own = (table: object, key: string): boolean => Object.hasOwn(table, key)

const reasonAgainst = (
  { path }: Placeholder,
  position: TemplatePosition,
): { reason: string; later?: string } | undefined => {
  const [name, first] = path as readonly [string, string | number | undefined]
  const root = templateRoots[name] as TemplateRoot
  let kind: TemplateRoot['fields'] = root.fields
  let used = 1
  if (typeof kind === 'object' && !('later' in kind)) {
    if (typeof first !== 'string' || !own(kind, first)) return { reason: `${name} has ${Object.keys(kind).join(', ')}` }
    kind = kind[first] as TemplateField
    used = 2
  }
  const label = path.slice(0, used).join('.')
  if (typeof kind === 'object')
    return { reason: `${label} is not known to this version`, later: (kind as { later: string }).later }
  if (stageIndex(root.stage) > stageIndex(position.stage))
    return { reason: `${name} is known from stage ${root.stage} on, and this stands in ${position.stage}` }
  const wanted = kind === 'map' ? used + 1 : used
  if (path.length < wanted) return { reason: `${label} needs a name: {${label}.name}` }
  if (path.length > wanted) return { reason: `${path.slice(0, wanted).join('.')} has no fields` }
  if (typeof path[wanted - 1] === 'number') return { reason: `${label} is not a list` }
  if (name === 'params' && position.params !== undefined && !position.params.includes(String(path[1])))
    return {
      reason:
        position.params.length === 0
          ? 'this route has no parameters'
          : `parameters here are ${position.params.join(', ')}`,
    }
  return undefined
}
