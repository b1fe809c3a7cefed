import type { SchemaNode } from '../contract/schema.ts'
import { checkKey } from './check-key.ts'
import { checkObject } from './check-object.ts'
import { checkScalar, isUnquoted, reportUnquoted, written } from './check-scalar.ts'
import { failed } from './failed.ts'
import { fits } from './form.ts'
import { isName } from './scalar.ts'
import { describeNode, sectionWords } from './scalar-words.ts'
import { keyPlaceOf, placeOf, report, type KeyPlace, type Scope } from './scope.ts'
import { certain } from '../lib/certain.ts'
import { nearest } from '../lib/nearest.ts'
import type { Entry, Tree } from './tree.ts'

/** Checks a value against its schema and gives it in the form the code uses; `failed` after reporting what is wrong. */
export const check = (scope: Scope, node: SchemaNode, tree: Tree, path: string): unknown => {
  switch (node.kind) {
    case 'object':
      return checkObject(scope, node, tree, path, check)
    case 'list':
      return checkList(scope, node, tree, path)
    case 'map':
      return checkMap(scope, node, tree, path)
    case 'union':
      return checkUnion(scope, node, tree, path)
    case 'nullable':
      return isNone(scope, node.of, tree) ? null : checkUnlessNone(scope, node.of, tree, path)
    case 'choice':
      return checkChoice(scope, node, tree, path)
    case 'constant':
      return checkConstant(scope, node, tree, path)
    case 'ref':
      return checkReference(scope, node, tree, path)
    case 'keyed':
      return checkMap(scope, { kind: 'map', key: 'name', of: node.of }, keyedTree(scope, node.by, tree, path), path)
    case 'laterChoice':
      report(
        scope,
        tree,
        'GW1108',
        `${formOf(tree)} is not available yet in this version`,
        `It comes with ${node.what}.`,
        path,
      )
      return failed
    case 'later':
      report(
        scope,
        tree,
        'GW1108',
        `${lastKey(path)} is not available yet in this version`,
        `It comes with ${node.what}; remove it until then.`,
        path,
      )
      return failed
    case 'misplaced':
      report(scope, tree, 'GW1202', `${lastKey(path)} cannot stand here`, node.help, path)
      return failed
    default:
      return checkScalar(scope, node, tree, path)
  }
}

/** A list of things with `to` as the map it stands for; a name that comes twice needs the map. */
const keyedTree = (scope: Scope, by: string, tree: Tree, path: string): Tree => {
  if (tree.kind !== 'list') return tree
  const entries: Entry[] = []
  for (const item of tree.items) {
    const name = item.kind === 'map' ? item.entries.find((entry) => entry.key === by)?.value : item
    if (name?.kind !== 'scalar' || typeof name.value !== 'string') {
      report(scope, item, 'GW1105', `${JSON.stringify(by)} is missing in ${path}`, `add ${by}`, path)
      continue
    }
    if (entries.some((entry) => entry.key === name.text)) {
      report(
        scope,
        name,
        'GW1002',
        `${JSON.stringify(name.text)} stands twice in ${path}`,
        'Write a map with a name for each.',
        path,
      )
      continue
    }
    entries.push({ key: name.text, source: name.source, keyStart: name.start, keyEnd: name.end, value: item })
  }
  return { ...placeOf(tree), kind: 'map', entries, flow: false }
}

const lastKey = (path: string): string => JSON.stringify(path.slice(path.lastIndexOf('.') + 1))

/** `none`, and `false` where `true` is a value, switch off. */
const isNone = (scope: Scope, node: SchemaNode, tree: Tree): boolean => {
  if (tree.kind !== 'scalar') return false
  if (tree.value === 'none' && !(node.kind === 'choice' && node.values.includes('none'))) return true
  if (tree.value === false) return takesTrue(node)
  if (typeof tree.value !== 'string' || !tree.value.includes('${')) return false
  const quiet: Scope = { ...scope, findings: [] }
  const filled = written(quiet, tree, '')
  if (quiet.impure) scope.impure = true
  return filled?.text === 'none'
}

/** What other dialects of YAML write for `true` and for `none`. */
const switches: Readonly<Record<string, 'true' | 'none'>> = {
  yes: 'true',
  on: 'true',
  enabled: 'true',
  no: 'none',
  off: 'none',
  disabled: 'none',
}

const meantSwitch = (node: SchemaNode, text: string): string | undefined => {
  const word = switches[text.toLowerCase()]
  return word === 'true' && !takesTrue(node) ? undefined : (word ?? nearest(text, ['none']))
}

/** A value that is not right and nearly `none`, or a switch of another dialect, was probably meant to be one. */
const checkUnlessNone = (scope: Scope, node: SchemaNode, tree: Tree, path: string): unknown => {
  const before = scope.findings.length
  const value = check(scope, node, tree, path)
  if (value !== failed || tree.kind !== 'scalar' || typeof tree.value !== 'string') return value
  const meant = /^[A-Za-z]+$/.test(tree.text) ? meantSwitch(node, tree.text) : undefined
  if (meant === undefined) return value
  scope.findings.splice(before)
  report(
    scope,
    tree,
    'GW1106',
    `${JSON.stringify(tree.text)} is not ${describeNode(node)}`,
    meant === 'true' ? 'did you mean true?' : 'did you mean "none"?',
    path,
    { from: tree.text, to: meant },
  )
  return failed
}

const takesTrue = (node: SchemaNode): boolean => {
  if (node.kind === 'object') return node.whenTrue === true
  if (node.kind === 'constant') return node.value === true
  return node.kind === 'union' && node.of.some(takesTrue) && !node.of.some((one) => one.kind === 'boolean')
}

const checkList = (scope: Scope, node: Extract<SchemaNode, { kind: 'list' }>, tree: Tree, path: string): unknown => {
  if (tree.kind !== 'list') {
    if (!node.single) {
      if (isUnquoted(tree)) reportUnquoted(scope, tree, path)
      else report(scope, tree, 'GW1102', `${describeNode(node)} is wanted here`, 'write it as a list: [ … ]', path)
      return failed
    }
    const value = check(scope, node.of, tree, path)
    return value === failed ? failed : spread(node.of, value)
  }
  const items: unknown[] = []
  let bad = false
  for (const [index, item] of tree.items.entries()) {
    const value = check(scope, node.of, item, `${path}[${index}]`)
    if (value === failed) bad = true
    else items.push(...spread(node.of, value))
  }
  if (bad) return failed
  if (items.length < (node.min ?? 0)) {
    report(
      scope,
      tree,
      'GW1103',
      'the list is empty',
      `at least ${node.min ?? 1} is wanted; none would switch it off`,
      path,
    )
    return failed
  }
  if (path === 'include')
    scope.places.set(
      items,
      new Map(tree.items.map((item, index) => [String(index), { key: placeOf(item), value: placeOf(item) }])),
    )
  return items
}

/** A file of addresses stands for all of its lines. */
const spread = (node: SchemaNode, value: unknown): unknown[] =>
  node.kind === 'cidr' && Array.isArray(value) ? value : [value]

const checkMap = (scope: Scope, node: Extract<SchemaNode, { kind: 'map' }>, tree: Tree, path: string): unknown => {
  if (tree.kind !== 'map') {
    report(
      scope,
      tree,
      'GW1102',
      `a map is wanted here, not ${formOf(tree)}`,
      'write name: value, indented below',
      path,
    )
    return failed
  }
  const entries: (readonly [string, unknown])[] = []
  const places = new Map<string, KeyPlace>()
  let bad = false
  for (const entry of tree.entries) {
    const inner = `${path}.${entry.key}`
    if (!checkKey(scope, node.key, entry, inner)) bad = true
    const value = check(scope, node.of, entry.value, inner)
    if (value === failed) bad = true
    else {
      entries.push([entry.key, value])
      places.set(entry.key, { key: keyPlaceOf(entry), value: placeOf(entry.value) })
    }
  }
  if (bad) return failed
  const value = Object.fromEntries(entries)
  scope.places.set(value, places)
  return value
}

const formOf = (tree: Tree): string => {
  if (tree.kind === 'list' || tree.kind === 'map') return `a ${tree.kind}`
  if (tree.kind === 'code') return 'code'
  if (tree.value === null) return 'nothing'
  if (typeof tree.value === 'string')
    return tree.text.includes('${') || tree.text.length > 40 ? 'a text' : `the text ${JSON.stringify(tree.text)}`
  return `the ${typeof tree.value === 'number' ? 'number' : 'value'} ${tree.text}`
}

const fixOf = (text: string, words: readonly string[]): { readonly from: string; readonly to: string } | undefined => {
  const to = certain(text, words)
  return to === undefined ? undefined : { from: text, to }
}

const checkUnion = (scope: Scope, node: Extract<SchemaNode, { kind: 'union' }>, tree: Tree, path: string): unknown => {
  if (tree.kind === 'scalar' && typeof tree.value === 'string') {
    // Names that are declared are checked as such: a listener may well be called nearly `all`.
    const named = node.of.some((one) => one.kind === 'ref' || (one.kind === 'list' && one.of.kind === 'ref'))
    const words = named ? [] : node.of.flatMap((one) => (one.kind === 'choice' ? one.values : []))
    // A mistyped word must not pass as a text of another alternative.
    if (words.length > 0 && !words.includes(tree.text) && /^[A-Za-z-]+$/.test(tree.text)) {
      const near = nearest(tree.text, words)
      if (near !== undefined) {
        report(
          scope,
          tree,
          'GW1106',
          `${JSON.stringify(tree.text)} is not one of ${words.join(', ')}`,
          `did you mean ${JSON.stringify(near)}?`,
          path,
          fixOf(tree.text, words),
        )
        return failed
      }
    }
  }
  const forms = node.of.filter((one) => fits(one, tree))
  const now = forms.filter((one) => one.kind !== 'later')
  const fitting = now.length > 0 ? now : forms
  if (fitting.length === 0) {
    if (isUnquoted(tree)) reportUnquoted(scope, tree, path)
    else report(scope, tree, 'GW1102', `${describeNode(node)} is wanted here, not ${formOf(tree)}`, undefined, path)
    return failed
  }
  for (const one of fitting.slice(0, -1)) {
    const trial: Scope = { ...scope, findings: [], references: [] }
    const value = check(trial, one, tree, path)
    if (trial.impure) scope.impure = true
    if (trial.findings.length > 0) continue
    scope.references.push(...trial.references)
    return value
  }
  return check(scope, fitting.at(-1) as SchemaNode, tree, path)
}

const textOf = (
  scope: Scope,
  node: SchemaNode,
  tree: Tree,
  path: string,
): { text: string; shown: string; value: unknown } | undefined => {
  if (tree.kind !== 'scalar') {
    if (isUnquoted(tree)) reportUnquoted(scope, tree, path)
    else report(scope, tree, 'GW1102', `${describeNode(node)} is wanted here, not ${formOf(tree)}`, undefined, path)
    return undefined
  }
  return written(scope, tree, path)
}

const checkChoice = (
  scope: Scope,
  node: Extract<SchemaNode, { kind: 'choice' }>,
  tree: Tree,
  path: string,
): unknown => {
  const text = textOf(scope, node, tree, path)
  if (text === undefined) return failed
  if (node.values.includes(text.text)) return text.text
  const near = typeof text.value === 'string' ? nearest(text.text, node.values) : undefined
  const help =
    near === undefined
      ? `write ${node.values.length === 1 ? (node.values[0] ?? '') : `one of ${node.values.join(', ')}`}`
      : `did you mean ${JSON.stringify(near)}?`
  const code = typeof text.value === 'string' ? 'GW1106' : 'GW1102'
  report(
    scope,
    tree,
    code,
    `${text.value === null ? 'nothing' : JSON.stringify(text.shown)} is not ${describeNode(node)}`,
    help,
    path,
    near === undefined || text.shown !== text.text ? undefined : fixOf(text.text, node.values),
  )
  return failed
}

const checkConstant = (
  scope: Scope,
  node: Extract<SchemaNode, { kind: 'constant' }>,
  tree: Tree,
  path: string,
): unknown => {
  const text = textOf(scope, node, tree, path)
  if (text === undefined) return failed
  if (text.value === node.value || text.text === String(node.value)) return node.value
  report(
    scope,
    tree,
    'GW1106',
    `${JSON.stringify(text.shown)} is not ${String(node.value)}`,
    `write ${String(node.value)}`,
    path,
  )
  return failed
}

const checkReference = (
  scope: Scope,
  node: Extract<SchemaNode, { kind: 'ref' }>,
  tree: Tree,
  path: string,
): unknown => {
  const text = textOf(scope, node, tree, path)
  if (text === undefined) return failed
  if (typeof text.value !== 'string' || !isName(text.text)) {
    const words = sectionWords[node.section] ?? node.section
    const code = typeof text.value === 'string' ? 'GW1111' : 'GW1102'
    report(
      scope,
      tree,
      code,
      `the name of a ${words} is wanted here, not ${formOf(tree)}`,
      referenceHelp(node.section, text.text),
      path,
    )
    return failed
  }
  scope.references.push({
    section: node.section,
    name: text.text,
    source: tree.source,
    start: tree.start,
    end: tree.end,
    path,
  })
  return text.text
}

const referenceHelp = (section: string, text: string): string =>
  section === 'services' && /^[a-z]+:\/\//.test(text)
    ? 'declare it under services and write its name here'
    : 'names are a letter, then letters, digits, _ and -'
