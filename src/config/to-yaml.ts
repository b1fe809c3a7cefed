import type { Place } from './source.ts'
import type { Entry, Tree } from './tree.ts'

/** Names the place of a value, `gateway.yaml:12`, for a comment; undefined leaves it without one. */
export type NamePlace = (place: Place) => string | undefined

const reserved =
  /^(?:null|~|true|false|[-+]?(?:[0-9][0-9_]*)(?:\.[0-9]*)?(?:e[-+]?[0-9]+)?|0x[0-9a-f]+|0o[0-7]+|[-+]?\.inf|\.nan)$/i
const plain = /^[A-Za-z0-9_./$][A-Za-z0-9_./:*%+@~$-]*(?: [A-Za-z0-9_./:*%+@~$-]+)*$/

/** A text as YAML: plain where every parser reads it so, else quoted. */
const yamlText = (text: string): string => {
  const safe = plain.test(text) && !reserved.test(text) && !/: |:$| #|\$\{/.test(text) && text !== ''
  if (safe) return text
  // eslint-disable-next-line no-control-regex -- single quotes cannot hold them
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)
    ? JSON.stringify(text)
    : `'${text.replaceAll("'", "''")}'`
}

const scalarText = (tree: Extract<Tree, { kind: 'scalar' }>): string => {
  if (typeof tree.value === 'string') return yamlText(tree.value)
  return tree.value === null ? 'null' : String(tree.value)
}

/** A tree as YAML in block style, short lists in one line. With `name`, every value says where it comes from. */
export const toYaml = (tree: Tree, name?: NamePlace): string => {
  const lines: string[] = []
  if (tree.kind === 'map') writeMap(tree.entries, 0, lines, name)
  else lines.push(inline(tree))
  return `${lines.join('\n')}\n`
}

const writeMap = (entries: readonly Entry[], depth: number, lines: string[], name: NamePlace | undefined): void => {
  for (const entry of entries)
    writeEntry(`${'  '.repeat(depth)}${yamlText(entry.key)}:`, entry.value, depth, lines, name)
}

const comment = (tree: Tree, name: NamePlace | undefined): string => {
  const place = name?.({ source: tree.source, start: tree.start, end: tree.end })
  return place === undefined ? '' : `  # ${place}`
}

const writeEntry = (head: string, value: Tree, depth: number, lines: string[], name: NamePlace | undefined): void => {
  if (value.kind === 'map' && value.entries.length > 0) {
    lines.push(`${head}${value.start < 0 ? '' : comment(value, name)}`)
    writeMap(value.entries, depth + 1, lines, name)
  } else if (
    value.kind === 'list' &&
    (value.items.some((item) => item.kind !== 'scalar') || inline(value).length > 80)
  ) {
    lines.push(`${head}${comment(value, name)}`)
    for (const item of value.items) writeItem(item, depth + 1, lines, name)
  } else {
    lines.push(`${head} ${inline(value)}${comment(value, name)}`)
  }
}

const writeItem = (item: Tree, depth: number, lines: string[], name: NamePlace | undefined): void => {
  const indent = '  '.repeat(depth)
  if (item.kind === 'map' && item.entries.length > 0) {
    const inner: string[] = []
    writeMap(item.entries, depth + 1, inner, name)
    lines.push(`${indent}- ${(inner[0] ?? '').trimStart()}`, ...inner.slice(1))
  } else lines.push(`${indent}- ${inline(item)}${comment(item, name)}`)
}

/** A value in one line. */
const inline = (tree: Tree): string => {
  switch (tree.kind) {
    case 'scalar':
      return scalarText(tree)
    case 'list':
      return `[${tree.items.map((item) => inline(item)).join(', ')}]`
    case 'map':
      return tree.entries.length === 0
        ? '{}'
        : `{ ${tree.entries.map((entry) => `${yamlText(entry.key)}: ${inline(entry.value)}`).join(', ')} }`
    default:
      return 'null'
  }
}
