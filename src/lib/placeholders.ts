import type { Exchange } from '../contract/exchange.ts'
import type { Template, TemplatePlace } from '../contract/policy.ts'
import { placeholderReader, type Read, type TemplateSource } from './placeholder-reader.ts'
import { placeEncoders, refused } from './template-encoding.ts'
import { parseTemplate, type TemplatePart } from './template.ts'

/** Parts of a template text; throws (at load) when the text is none. */
export const templateParts = (text: string): readonly TemplatePart[] => {
  const { parts, errors } = parseTemplate(text)
  const [error] = errors
  if (error !== undefined) throw new Error(`template ${JSON.stringify(text)}: ${error.reason} (at ${error.offset + 1})`)
  return parts
}

/** Reader of a placeholder; throws (at load) when this version does not know it. */
export const readerOf = (part: Exclude<TemplatePart, string>, source: TemplateSource): Read => {
  const read = placeholderReader(part, source)
  if (read === undefined) throw new Error(`placeholder ${part.text} is not known`)
  return read
}

/**
 * Compiles a template for its place (config.md §1.5). The result is undefined when a value without a default is
 * missing, and `refused` when a value may not stand there (a control character in a field, a slash in a host).
 * `rests` names parameters that keep their slashes in a path, besides `*`. Throws at load when the text is no template.
 */
export const compileTemplate = (
  text: string,
  place: TemplatePlace,
  source: TemplateSource,
  rests?: ReadonlySet<string>,
): Template => compileParts(templateParts(text), place, source, rests)

/** `compileTemplate` for parts that were parsed before. */
export const compileParts = (
  parts: readonly TemplatePart[],
  place: TemplatePlace,
  source: TemplateSource,
  rests?: ReadonlySet<string>,
): Template => {
  const encoders = placeEncoders(parts, place, rests)
  const slots: Slot[] = []
  let first = ''
  for (const [index, part] of parts.entries()) {
    if (typeof part !== 'string') {
      const fallback = part.fallback === undefined ? undefined : encoders.literal(part.fallback)
      slots.push({
        read: readerOf(part, source),
        encode: encoders.values[index] as Slot['encode'],
        fallback,
        rest: encoders.rests.has(index),
        literal: '',
      })
      continue
    }
    const last = slots.at(-1)
    if (last === undefined) first += encoders.literal(part)
    else last.literal += encoders.literal(part)
  }
  if (slots.length === 0) return () => first
  return (exchange: Exchange) => {
    let result = first
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot
      const value = slot.read(exchange)
      let text = slot.fallback
      if (value !== undefined) text = slot.encode(typeof value === 'string' ? value : String(value))
      if (text === undefined || text === refused) return text
      if (text === '' && slot.rest && result.length > 1 && result.endsWith('/')) result = result.slice(0, -1)
      result += text + slot.literal
    }
    return result
  }
}

/** One placeholder of a template with the literal that follows it. */
interface Slot {
  readonly read: Read
  readonly encode: (value: string) => string
  readonly fallback: string | undefined
  readonly rest: boolean
  literal: string
}
