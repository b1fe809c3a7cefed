import type { Diagnostic } from '../contract/diagnostic.ts'
import { diagnosticsOf, type Finding } from './finding.ts'
import { Sources } from './source.ts'
import { toJson, toTs } from './to-ts.ts'
import { toYaml, type NamePlace } from './to-yaml.ts'
import type { Tree } from './tree.ts'

export type ConfigFormat = 'yaml' | 'ts' | 'json'

/** A text, or why there is none: a function has no form in YAML or JSON, and none that could be printed. */
export interface Printed {
  readonly text: string | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Prints a tree in one of the three languages, under comments that name what it hides; refuses, naming the line, where
 * it holds code.
 */
export const printTree = (tree: Tree, format: ConfigFormat, sources: Sources, name?: NamePlace): Printed => {
  const code = codeIn(tree, '')
  if (code.length > 0) return { text: undefined, diagnostics: diagnosticsOf(code, sources) }
  const head = (mark: string): string =>
    hiddenIn(tree, '')
      .map((line) => `${mark} ${line}\n`)
      .join('')
  if (format === 'yaml') return { text: head('#') + toYaml(tree, name), diagnostics: [] }
  return { text: format === 'ts' ? head('//') + toTs(tree) : toJson(tree), diagnostics: [] }
}

/** What is to be filled in before the printed file runs, one line for each value that is not shown. */
const hiddenIn = (tree: Tree, path: string): string[] => {
  if (tree.kind === 'map')
    return tree.entries.flatMap((entry) => hiddenIn(entry.value, path === '' ? entry.key : `${path}.${entry.key}`))
  if (tree.kind === 'list') return tree.items.flatMap((item, index) => hiddenIn(item, `${path}[${index}]`))
  if (tree.kind === 'code' || tree.hidden === undefined) return []
  const where = path.replaceAll(/[^\x20-\x7e]/g, '?')
  return [tree.hidden === 'default' ? `${where}: its default is left out` : `${where}: its value is masked`]
}

const codeIn = (tree: Tree, path: string): Finding[] => {
  if (tree.kind === 'map')
    return tree.entries.flatMap((entry) => codeIn(entry.value, path === '' ? entry.key : `${path}.${entry.key}`))
  if (tree.kind === 'list') return tree.items.flatMap((item, index) => codeIn(item, `${path}[${index}]`))
  if (tree.kind === 'scalar') return []
  return [
    {
      severity: 'error',
      source: tree.source,
      start: tree.start,
      end: tree.end,
      code: 'GW1006',
      message: `${path} is code and cannot be printed`,
      help: 'move it to a file of its own and name the file',
      path,
    },
  ]
}
