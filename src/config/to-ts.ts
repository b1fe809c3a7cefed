import type { Tree } from './tree.ts'

const identifier = /^[A-Za-z_$][A-Za-z0-9_$]*$/

/** A tree as a TypeScript configuration. */
export const toTs = (tree: Tree): string =>
  `import { defineConfig } from 'gwanmun'\n\nexport default defineConfig(${literal(tree, 0, tsStyle)})\n`

/** A tree as JSON, two blanks a level. */
export const toJson = (tree: Tree): string => `${literal(tree, 0, jsonStyle)}\n`

interface Style {
  readonly text: (text: string) => string
  readonly key: (key: string) => string
  /** After the last entry of a map or list that stands on several lines. */
  readonly last: string
}

const quote = (text: string): string =>
  /[\\'\n\r\u2028\u2029]/.test(text) || JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"') !== text
    ? JSON.stringify(text)
    : `'${text}'`
const tsStyle: Style = {
  text: quote,
  key: (key) => (identifier.test(key) ? (key === '__proto__' ? "['__proto__']" : key) : quote(key)),
  last: ',',
}
const jsonStyle: Style = { text: (text) => JSON.stringify(text), key: (key) => JSON.stringify(key), last: '' }

const literal = (tree: Tree, depth: number, style: Style): string => {
  if (tree.kind === 'scalar') return typeof tree.value === 'string' ? style.text(tree.value) : String(tree.value)
  if (tree.kind === 'code') return 'null'
  const parts =
    tree.kind === 'list'
      ? tree.items.map((item) => literal(item, depth + 1, style))
      : tree.entries.map((entry) => `${style.key(entry.key)}: ${literal(entry.value, depth + 1, style)}`)
  const [open, close] = tree.kind === 'list' ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return `${open}${close}`
  const line = tree.kind === 'list' ? `${open}${parts.join(', ')}${close}` : `${open} ${parts.join(', ')} ${close}`
  const isShort = depth > 0 && line.length + depth * 2 <= 100 && !line.includes('\n')
  if (isShort) return line
  const indent = '  '.repeat(depth + 1)
  return `${open}\n${indent}${parts.join(`,\n${indent}`)}${style.last}\n${'  '.repeat(depth)}${close}`
}
