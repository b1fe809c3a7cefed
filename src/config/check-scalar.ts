import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Stage } from '../contract/policy.ts'
import type { ScalarNode } from '../contract/schema.ts'
import { checkTemplate } from '../lib/template-roots.ts'
import { fill } from './environment.ts'
import { failed } from './failed.ts'
import { readPlainFile } from './plain-file.ts'
import { foreignPath } from './foreign-path.ts'
import { isCidr, isGlob, linearProblem, patternProblem } from './texts.ts'
import { isProblem, notValid, readScalar, type Written } from './scalar.ts'
import { kindWords } from './scalar-words.ts'
import { placeOf, report, type Scope } from './scope.ts'
import type { ScalarTree, Tree } from './tree.ts'

/** Fills `${…}` in a scalar; undefined if one of them has no value (which is reported once). */
export const written = (scope: Scope, tree: ScalarTree, path: string): Written | undefined => {
  if (typeof tree.value !== 'string' || !tree.value.includes('${')) {
    return { value: tree.value, text: tree.text, shown: tree.text, lone: false }
  }
  scope.impure = true
  const source = scope.sources.list[tree.source]
  const filled = fill(tree.value, scope.environment, source?.folder ?? '.')
  for (const problem of filled.problems) {
    report(scope, partPlace(scope, tree, problem.part), problem.code, problem.message, problem.help, path)
  }
  for (const [value, part] of filled.values) scope.sources.filled.set(value, part)
  for (const file of filled.files) scope.files.add(file)
  if (filled.problems.length > 0) return undefined
  return { value: filled.text, text: filled.text, shown: tree.text, lone: filled.lone }
}

/** Place of a part of a scalar's text. */
const partPlace = (
  scope: Scope,
  tree: ScalarTree,
  part: string,
  from = 0,
): { source: number; start: number; end: number } => {
  const text = scope.sources.list[tree.source]?.text
  const at = tree.start < 0 || text === undefined ? -1 : text.slice(tree.start, tree.end).indexOf(part, from)
  if (at === -1) return placeOf(tree)
  return { source: tree.source, start: tree.start + at, end: tree.start + at + part.length }
}

/** A flow map of names without values is a text with braces that somebody forgot to quote. */
export const isUnquoted = (tree: Tree): boolean =>
  tree.kind === 'map' &&
  tree.flow &&
  tree.entries.length > 0 &&
  tree.entries.every((entry) => entry.value.kind === 'scalar' && entry.value.missing === true)

export const reportUnquoted = (scope: Scope, tree: Tree, path: string): void => {
  const text = scope.sources.list[tree.source]?.text.slice(tree.start, tree.end) ?? '{…}'
  report(scope, tree, 'GW1112', `YAML reads ${text} as a map`, `Quote it: '${text}'`, path)
}

/** Checks a scalar; `failed` after reporting what is wrong. */
export const checkScalar = (scope: Scope, node: ScalarNode, tree: Tree, path: string): unknown => {
  if (tree.kind === 'code' && node.kind === 'file') return codeValue(scope, tree)
  if (node.kind === 'json') return checkFree(scope, tree, path, undefined)
  if (node.kind === 'templateTree') {
    if (isUnquoted(tree)) return (reportUnquoted(scope, tree, path), failed)
    return checkFree(scope, tree, path, node)
  }
  if (node.kind === 'matcher' && tree.kind === 'list') {
    const items = tree.items.map((item, index) => checkScalar(scope, node, item, `${path}[${index}]`))
    return items.includes(failed) ? failed : items
  }
  if (tree.kind !== 'scalar') {
    if (isUnquoted(tree)) reportUnquoted(scope, tree, path)
    else {
      const words = kindWords[node.kind]
      report(
        scope,
        tree,
        'GW1102',
        `${words.name} is wanted here, not ${tree.kind === 'code' ? 'code' : `a ${tree.kind}`}`,
        words.help,
        path,
      )
    }
    return failed
  }
  const partner = tree.plain && typeof tree.value === 'string' ? missingPartner(tree.value) : undefined
  if (partner !== undefined) {
    const mark = { source: tree.source, start: tree.end - 1, end: tree.end }
    report(
      scope,
      mark,
      'GW1112',
      `this ${tree.text.at(-1) ?? ''} has no ${partner} before it`,
      `Add the missing ${partner}, or quote the text.`,
      path,
    )
    return failed
  }
  const text = written(scope, tree, path)
  if (text === undefined) return failed
  if (node.kind === 'secret' && text.shown === text.text && tree.start >= 0) {
    scope.sources.secrets.push(placeOf(tree))
    scope.impure = true
  }
  const read = readScalar(node, node.kind === 'secret' ? { ...text, shown: '***' } : text)
  if (isProblem(read)) {
    const told =
      text.shown === text.text || read.code === 'GW1104' ? read : { ...notValid(node, text), code: read.code }
    const fix = told === read && read.fix !== undefined ? { from: text.text, to: read.fix } : undefined
    report(scope, tree, told.code, told.message, told.help, path, fix)
    return failed
  }
  return checkMeaning(scope, node, tree, text, read.value, path)
}

/** The opening bracket that a text without quotes lacks for the one it ends with. */
const missingPartner = (text: string): string | undefined => {
  const last = text.at(-1)
  if (last !== ']' && last !== '}') return undefined
  const open = last === ']' ? '[' : '{'
  return text.includes(open) ? undefined : open
}

/** What a text of the right form still has to be: linear, a known placeholder, a readable file. */
const checkMeaning = (
  scope: Scope,
  node: ScalarNode,
  tree: ScalarTree,
  text: Written,
  value: unknown,
  path: string,
): unknown => {
  const refuse = (code: Parameters<typeof report>[2], message: string, help: string): typeof failed => {
    const plain = notValid(node, text)
    const own = text.shown === text.text
    report(scope, tree, code, own ? message : plain.message, own ? help : plain.help, path)
    return failed
  }
  switch (node.kind) {
    case 'cidr':
      return isFileName(text.text)
        ? readList(scope, tree, text, path)
        : isCidr(text.text)
          ? value
          : refuseNode(scope, node, tree, text, path)
    case 'file':
      return checkFile(scope, tree, text, path)
    case 'regex':
    case 'matcher': {
      if (typeof value !== 'string') return value
      if (!value.startsWith('~')) return node.kind === 'matcher' ? value : refuseNode(scope, node, tree, text, path)
      const problem = linearProblem(value.slice(1))
      return problem === undefined
        ? value
        : refuse(problem.code, `${JSON.stringify(text.shown)}: ${problem.message}`, problem.help)
    }
    case 'expression': {
      const problem = linearProblem(text.text)
      return problem === undefined
        ? value
        : refuse(problem.code, `${JSON.stringify(text.shown)}: ${problem.message}`, problem.help)
    }
    case 'pattern': {
      const problem = patternProblem(text.text)
      const meant = problem === undefined && text.shown === text.text ? foreignPath(text.text) : undefined
      if (meant !== undefined) {
        const message = `${JSON.stringify(text.shown)} takes that very text only: it holds no parameter`
        const help = `did you mean ${JSON.stringify(meant)}? An expression means the text itself: ${JSON.stringify(`~${text.text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`)}`
        scope.findings.push({ severity: 'warning', ...placeOf(tree), code: 'GW2004', message, help, path })
      }
      return problem === undefined
        ? value
        : refuse(problem.code, `${JSON.stringify(text.shown)} is not a path pattern: ${problem.message}`, problem.help)
    }
    case 'glob':
      return isGlob(text.text) ? value : refuseNode(scope, node, tree, text, path)
    case 'template':
      return checkPlaceholders(scope, node, tree, text, path) ? text.text : failed
    default:
      return value
  }
}

const refuseNode = (scope: Scope, node: ScalarNode, tree: ScalarTree, text: Written, path: string): typeof failed => {
  const problem = notValid(node, text)
  report(scope, tree, problem.code, problem.message, problem.help, path)
  return failed
}

const checkPlaceholders = (scope: Scope, node: ScalarNode, tree: ScalarTree, text: Written, path: string): boolean => {
  if (!/[{}]/.test(text.text)) return true
  const stage = (node.stage ?? 'log') as Stage
  const errors = checkTemplate(text.text, { stage, params: scope.params })
  for (const error of errors) {
    const part = text.text.slice(error.offset, error.offset + error.length)
    const place = partPlace(scope, tree, part)
    if (error.later === undefined) {
      report(
        scope,
        place,
        'GW1110',
        `${text.shown === text.text ? JSON.stringify(part) : 'the template'}: ${error.reason.replace('this route has no parameters', 'no parameters are known here')}`,
        'Take a placeholder that is known here; {{ and }} are literal braces.',
        path,
      )
    } else {
      report(
        scope,
        place,
        'GW1108',
        `${part} is not available yet in this version`,
        `It comes with ${error.later}.`,
        path,
      )
    }
  }
  return errors.length === 0
}

/** Any YAML tree; with a node every text in it is a template. */
const checkFree = (scope: Scope, tree: Tree, path: string, node: ScalarNode | undefined): unknown => {
  if (tree.kind === 'list') {
    const items = tree.items.map((item, index) => checkFree(scope, item, `${path}[${index}]`, node))
    return items.includes(failed) ? failed : items
  }
  if (tree.kind === 'map') {
    if (node !== undefined && isUnquoted(tree)) return (reportUnquoted(scope, tree, path), failed)
    const entries = tree.entries.map(
      (entry) => [entry.key, checkFree(scope, entry.value, `${path}.${entry.key}`, node)] as const,
    )
    return entries.some((entry) => entry[1] === failed) ? failed : Object.fromEntries(entries)
  }
  if (tree.kind === 'code') return codeValue(scope, tree)
  const text = written(scope, tree, path)
  if (text === undefined) return failed
  if (typeof text.value !== 'string') return text.value
  if (node !== undefined && !checkPlaceholders(scope, { ...node, kind: 'template' }, tree, text, path)) return failed
  return text.text
}

/** Code in a TypeScript config is named by its file and where it stands in the default export. */
const codeValue = (scope: Scope, tree: Extract<Tree, { kind: 'code' }>): unknown => ({
  file: scope.sources.list[tree.source]?.path ?? '',
  export: `default#${tree.pointer}`,
})

const isFileName = (text: string): boolean => /^(\.{0,2}\/|[A-Za-z0-9_-]+\/.*\.[a-z]+$|.*\.(txt|csv|list)$)/.test(text)

const checkFile = (scope: Scope, tree: ScalarTree, text: Written, path: string): unknown => {
  const file = resolve(scope.sources.list[tree.source]?.folder ?? '.', text.text)
  scope.impure = true
  scope.files.add(file)
  if (existsSync(file)) return file
  report(
    scope,
    tree,
    'GW1003',
    `the file ${JSON.stringify(text.shown)} does not exist`,
    'Names are relative to the file they stand in.',
    path,
  )
  return failed
}

/** A list of addresses in a file: one a line, `#` begins a comment. Gives a list in place of the one item. */
const readList = (scope: Scope, tree: ScalarTree, text: Written, path: string): unknown => {
  const file = checkFile(scope, tree, text, path)
  if (typeof file !== 'string') return failed
  let content: string
  try {
    content = readPlainFile(file).toString('utf8')
  } catch {
    report(
      scope,
      tree,
      'GW1003',
      `the file ${JSON.stringify(text.shown)} cannot be read`,
      'Check its permissions.',
      path,
    )
    return failed
  }
  const items: string[] = []
  for (const [index, line] of content.split('\n').entries()) {
    const item = line.replace(/#.*/, '').trim()
    if (item === '') continue
    if (isCidr(item)) items.push(item)
    else {
      report(
        scope,
        tree,
        'GW1103',
        `line ${index + 1} of ${text.shown} is not an address or network: ${JSON.stringify(item.slice(0, 60))}`,
        'One address or network a line; # begins a comment.',
        path,
      )
      return failed
    }
  }
  return items
}
