/**
 * The part of JSON Schema (2020-12) that the admin API's bodies need. The same object checks a body and stands in
 * `/openapi.json`.
 */
export interface BodySchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | undefined
  readonly description?: string
  readonly properties?: Readonly<Record<string, BodySchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly items?: BodySchema
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly $ref?: string
}

/** First thing wrong with a body, as a sentence with the place; undefined when it fits. Unknown keys do not fit. */
export const mismatch = (schema: BodySchema, value: unknown, place = 'the body'): string | undefined => {
  switch (schema.type) {
    case 'object':
      return objectMismatch(schema, value, place)
    case 'array':
      if (!Array.isArray(value)) return `${place} is not a list`
      if (schema.maxItems !== undefined && value.length > schema.maxItems)
        return `${place} has more than ${schema.maxItems} items`
      return firstOf(
        value,
        (item: unknown, index) => schema.items && mismatch(schema.items, item, `${place}[${index}]`),
      )
    case 'string':
      if (typeof value !== 'string') return `${place} is not a text`
      if (schema.maxLength !== undefined && value.length > schema.maxLength)
        return `${place} is longer than ${schema.maxLength}`
      if (schema.enum !== undefined && !schema.enum.includes(value))
        return `${place} is none of ${schema.enum.join(', ')}`
      if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
        return `${place} does not have the form ${schema.pattern}`
      return undefined
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return `${place} is not a number`
      if (schema.type === 'integer' && !Number.isSafeInteger(value)) return `${place} is not a whole number`
      return schema.minimum !== undefined && value < schema.minimum
        ? `${place} is less than ${schema.minimum}`
        : undefined
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${place} is not true or false`
    case undefined:
      return undefined
  }
}

const objectMismatch = (schema: BodySchema, value: unknown, place: string): string | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${place} is not an object`
  const properties = schema.properties ?? {}
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) return `${place} has no ${missing}`
  return firstOf(Object.keys(value), (name) => {
    if (!Object.hasOwn(properties, name))
      return schema.additionalProperties === true ? undefined : `${place} may not have ${JSON.stringify(name)}`
    return mismatch(properties[name] as BodySchema, (value as Record<string, unknown>)[name], `${place}.${name}`)
  })
}

const firstOf = <T>(list: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined => {
  for (const [index, item] of list.entries()) {
    const found = find(item, index)
    if (found !== undefined) return found
  }
  return undefined
}
