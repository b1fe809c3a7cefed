const name = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key))
const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

const literal = (value: unknown, indent: string): string => {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, indent)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value as Record<string, unknown>)
  if (entries.length === 0) return '{}'
  const lines = entries.map(([key, inner]) => `${indent}  ${name(key)}: ${literal(inner, `${indent}  `)},`)
  return `{\n${lines.join('\n')}\n${indent}}`
}

/** Plain data as a TypeScript configuration. */
export const tsText = (tree: Readonly<Record<string, unknown>>): string =>
  `import { defineConfig } from 'gwanmun'\n\nexport default defineConfig(${literal(tree, '')})\n`
