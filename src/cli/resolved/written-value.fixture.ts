import { parse } from 'yaml'

/** YAML 1.2 core, read by an independent parser. */
export const parseYamlValue = (text: string): unknown => {
  // Empty prototypes, so that a key named __proto__ is a key.
  const value: unknown = parse(text, { schema: 'core', version: '1.2', maxAliasCount: 0 })
  return value
}
