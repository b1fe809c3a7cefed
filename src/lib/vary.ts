import type { FieldList } from '../contract/fields.ts'

/** Adds a name to `Vary` (RFC 9110 §12.5.5) unless it, or `*`, is there; what the service named stays. */
export const addVary = (fields: FieldList, name: string): void => {
  const value = fields.get('vary')
  if (value === undefined || value === '') return fields.set('vary', name)
  for (const one of value.split(',')) {
    const token = one.trim().toLowerCase()
    if (token === '*' || token === name.toLowerCase()) return
  }
  fields.append('vary', name)
}
