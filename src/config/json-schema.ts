import type { PolicyOptions } from '../contract/policy.ts'
import type { KeyKind, KeyNode, ObjectNode, ScalarNode, SchemaNode } from '../contract/schema.ts'
import { grammarOf } from './grammar/gateway.ts'
import { kindWords, sectionWords } from './scalar-words.ts'

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [key: string]: unknown }

const filled = { type: 'string', pattern: '\\$\\{[^}]*\\}' } as const
const none = { const: 'none' } as const
const namePattern = '^[A-Za-z][A-Za-z0-9_-]{0,63}$'

/**
 * The whole grammar with these policies as JSON Schema, for editors and for checks outside of the gateway. It knows
 * forms, not meanings: names, parameters and conflicts are checked by the gateway alone.
 */
export const configJsonSchema = (policies: readonly PolicyOptions[]): JsonSchema => {
  const grammar = grammarOf(policies)
  const writer = new SchemaWriter([
    [grammar.listener, 'listener'],
    [grammar.service, 'service'],
    [grammar.route, 'route'],
    [grammar.defaults, 'defaults'],
    [grammar.global, 'global'],
    [grammar.bundle, 'bundle'],
  ])
  const { properties } = writer.object(grammar.gateway) as { readonly properties: JsonSchema }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Gwanmun configuration',
    description: 'gateway.yaml, gateway.json and the object given to defineConfig.',
    type: 'object',
    properties,
    patternProperties: { '^x-': {} },
    additionalProperties: false,
    $defs: writer.definitions(),
  }
}

class SchemaWriter {
  readonly #names: ReadonlyMap<SchemaNode, string>
  readonly #named: readonly (readonly [SchemaNode, string])[]

  constructor(named: readonly (readonly [SchemaNode, string])[]) {
    this.#named = named
    this.#names = new Map(named)
  }

  definitions(): JsonSchema {
    return Object.fromEntries(this.#named.map(([node, name]) => [name, this.#write(node)]))
  }

  schema(node: SchemaNode): JsonSchema {
    const name = this.#names.get(node)
    return name === undefined ? this.#write(node) : { $ref: `#/$defs/${name}` }
  }

  #write(node: SchemaNode): JsonSchema {
    switch (node.kind) {
      case 'object':
        return this.#withShort(node)
      case 'list':
        return this.#list(node)
      case 'map':
        return { type: 'object', additionalProperties: this.schema(node.of), ...keyRule(node.key) }
      case 'keyed':
        return anyOf([
          { type: 'object', additionalProperties: this.schema(node.of), ...keyRule('name') },
          { type: 'array', items: { allOf: [this.schema(node.of), { type: 'object', required: [node.by] }] } },
        ])
      case 'union':
        return anyOf(node.of.map((one) => this.schema(one)))
      case 'nullable':
        return anyOf([this.schema(node.of), none, ...(takesTrue(node.of) ? [{ const: false }] : [])])
      case 'choice':
        return anyOf([{ enum: [...node.values] }, filled])
      case 'constant':
        return { const: node.value }
      case 'ref':
        return { type: 'string', description: `Name of a ${sectionWords[node.section] ?? node.section}.` }
      case 'later':
      case 'laterChoice':
      case 'misplaced':
        return { not: {} }
      default:
        return scalarSchema(node)
    }
  }

  #list(node: Extract<SchemaNode, { kind: 'list' }>): JsonSchema {
    const items = this.schema(node.of)
    const list = { type: 'array', items, ...(node.min === undefined ? {} : { minItems: node.min }) }
    return node.single ? anyOf([items, list]) : list
  }

  #withShort(node: ObjectNode): JsonSchema {
    const object = this.object(node)
    const shorts = [node.short, node.shortNumber].flatMap((name) => (name === undefined ? [] : [node.keys[name]]))
    const forms = shorts.flatMap((key) => (key === undefined ? [] : [this.schema(key.node)]))
    return anyOf([object, ...forms, ...(node.whenTrue === true ? [{ const: true }] : [])])
  }

  /** An object without its short forms. */
  object(node: ObjectNode): JsonSchema {
    const entries = Object.entries(node.keys).filter(([, key]) => key.node.kind !== 'misplaced')
    const required = entries.filter(([, key]) => key.required === true).map(([name]) => name)
    return {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, key]) => [name, this.#key(key)])),
      additionalProperties: false,
      ...(required.length === 0 ? {} : { required }),
    }
  }

  #key(key: KeyNode): JsonSchema {
    const waits = key.later ?? (key.node.kind === 'later' ? key.node.what : undefined)
    if (waits !== undefined) return { not: {}, description: `${key.says} Not available yet in this version.` }
    const about = { description: key.says, ...(key.default === undefined ? {} : { default: key.default }) }
    return { ...this.schema(key.node), ...about }
  }
}

const takesTrue = (node: SchemaNode): boolean => node.kind === 'object' && node.whenTrue === true

/** Flattens nested alternatives and drops those that nothing can be. */
const anyOf = (forms: readonly JsonSchema[]): JsonSchema => {
  const flat = forms
    .flatMap((form) => (isAnyOf(form) ? form.anyOf : [form]))
    .filter((form) => JSON.stringify(form) !== '{"not":{}}')
  const seen = new Set<string>()
  const distinct = flat.filter((form) => !seen.has(JSON.stringify(form)) && seen.add(JSON.stringify(form)))
  return distinct.length === 1 ? (distinct[0] ?? {}) : { anyOf: distinct }
}
const isAnyOf = (form: JsonSchema): form is { readonly anyOf: readonly JsonSchema[] } =>
  Array.isArray(form['anyOf']) && Object.keys(form).length === 1

const keyRule = (kind: KeyKind): JsonSchema => {
  if (kind === 'name' || kind === 'ref') return { propertyNames: { pattern: namePattern } }
  return kind === 'status' ? { propertyNames: { pattern: '^[1-5](xx|[0-9]{2}(-[1-5][0-9]{2})?)$' } } : {}
}

const patterns: Readonly<Partial<Record<ScalarNode['kind'], string>>> = {
  duration: '^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$',
  size: '^[0-9]+(\\.[0-9]+)?(B|KB|MB|GB)$',
  share: '^[0-9]+(\\.[0-9]+)?%$',
  method: '^[A-Z][A-Z-]*$',
  regex: '^~',
  pattern: '^[/~]',
  url: '^[A-Za-z][A-Za-z0-9+.-]*://',
  targetUrl: '^(https?://|unix:/)',
  name: namePattern,
  countryCode: '^[A-Z]{2}$',
}

const scalarSchema = (node: ScalarNode): JsonSchema => {
  const help = kindWords[node.kind].help
  switch (node.kind) {
    case 'json':
    case 'templateTree':
      return {}
    case 'boolean':
      return { anyOf: [{ type: 'boolean' }, filled] }
    case 'integer':
    case 'port':
    case 'status':
      return { anyOf: [{ type: 'integer', ...bounds(node) }, filled] }
    case 'number':
      return { anyOf: [{ type: 'number', ...bounds(node) }, filled] }
    case 'matcher':
      return {
        anyOf: [
          { type: ['string', 'number', 'boolean'] },
          { type: 'array', items: { type: ['string', 'number', 'boolean'] } },
        ],
      }
    case 'text':
    case 'template':
      return { type: ['string', 'number', ...(node.kind === 'template' ? ['boolean'] : [])] }
    case 'statusRange':
    case 'outcome':
      return { type: ['string', 'integer'], description: help }
    default: {
      const pattern = patterns[node.kind]
      return pattern === undefined
        ? { type: 'string', description: help }
        : { type: 'string', pattern: `${pattern}|\\$\\{`, description: help }
    }
  }
}

const bounds = (node: ScalarNode): JsonSchema => {
  const low = node.min ?? (node.kind === 'status' ? 100 : node.kind === 'number' ? undefined : 0)
  const high = node.max ?? (node.kind === 'status' ? 599 : node.kind === 'port' ? 65_535 : undefined)
  return { ...(low === undefined ? {} : { minimum: low }), ...(high === undefined ? {} : { maximum: high }) }
}
