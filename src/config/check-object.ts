import type { KeyNode, SchemaNode } from '../contract/schema.ts'
import { isRespond } from '../lib/respond-schema.ts'
import { isUnquoted, reportUnquoted } from './check-scalar.ts'
import { defaultOf } from './default-value.ts'
import { failed } from './failed.ts'
import { policyNames } from './grammar/policies.ts'
import { checkPolicy } from './policy-rules.ts'
import { respondWithFile } from './respond-file.ts'
import { describeNode } from './scalar-words.ts'
import { keyPlaceOf, placeOf, report, type KeyPlace, type Scope } from './scope.ts'
import { suggestKey } from './unknown-key.ts'
import type { Entry, Tree } from './tree.ts'

type ObjectNode = Extract<SchemaNode, { kind: 'object' }>
export type Check = (scope: Scope, node: SchemaNode, tree: Tree, path: string) => unknown

/** Checks an object: short forms, unknown and missing keys, defaults. */
export const checkObject = (scope: Scope, node: ObjectNode, tree: Tree, path: string, check: Check): unknown => {
  if (tree.kind === 'map' && !(isUnquoted(tree) && takesText(node))) return checkEntries(scope, node, tree, path, check)
  const short = shortKey(node, tree)
  if (short === true) return finish(scope, node, new Map(), new Map(), tree, path, check, new Set())
  const key = short === undefined ? undefined : node.keys[short]
  if (short === undefined || key === undefined) {
    if (isUnquoted(tree)) reportUnquoted(scope, tree, path)
    else report(scope, tree, 'GW1102', `${describeNode(node)} is wanted here`, helpFor(node), path)
    return failed
  }
  const value = check(scope, key.node, tree, path)
  if (value === failed) return failed
  const place = placeOf(tree)
  return finish(
    scope,
    node,
    new Map([[short, value]]),
    new Map([[short, { key: place, value: place }]]),
    tree,
    path,
    check,
    new Set(),
  )
}

const takesText = (node: ObjectNode): boolean => {
  const short = node.short === undefined ? undefined : node.keys[node.short]
  return short !== undefined && short.node.kind !== 'map' && short.node.kind !== 'object'
}

/** The keys that may be written here in this version. */
const helpFor = (node: ObjectNode): string => {
  const live = Object.keys(node.keys).filter((name) => !isClosed(node.keys[name]))
  return `keys here are ${live.slice(0, 16).join(', ')}${live.length > 16 ? ' …' : ''}`
}

const isClosed = (key: KeyNode | undefined): boolean =>
  key === undefined || key.later !== undefined || key.node.kind === 'later' || key.node.kind === 'misplaced'

/** The key that a plain value stands for, or true for `true`. */
const shortKey = (node: ObjectNode, tree: Tree): string | true | undefined => {
  if (tree.kind === 'scalar') {
    if (tree.value === true && node.whenTrue === true) return true
    if (tree.value === null) return undefined
    if (typeof tree.value === 'number' && node.shortNumber !== undefined) return node.shortNumber
  }
  if (tree.kind === 'map') return undefined
  // A tree of texts is never short for anything: only a text is.
  const isTree = node.short !== undefined && node.keys[node.short]?.node.kind === 'templateTree'
  return isTree && tree.kind !== 'scalar' ? undefined : node.short
}

const checkEntries = (
  scope: Scope,
  node: ObjectNode,
  tree: Extract<Tree, { kind: 'map' }>,
  path: string,
  check: Check,
): unknown => {
  const values = new Map<string, unknown>()
  const places = new Map<string, KeyPlace>()
  const meant = new Set<string>()
  let bad = false
  let waits = false
  for (const entry of tree.entries) {
    const found = Object.hasOwn(node.keys, entry.key)
      ? entry.key
      : unknownKey(scope, node, tree, entry, path, check, meant)
    if (found === undefined) {
      bad = true
      continue
    }
    if (found !== entry.key) {
      bad = true
      meant.add(found)
    }
    const key = node.keys[found] as KeyNode
    const inner = `${path}${path === '' ? '' : '.'}${found}`
    const value = checkValue(scope, key, found, entry, inner, check)
    const policy = policyNames.get(key)
    if (value === failed || (policy !== undefined && !checkPolicy(scope, policy, value, placeOf(entry.value), inner))) {
      bad = true
      waits ||= isClosed(key)
      meant.add(found)
    } else {
      values.set(found, value)
      places.set(found, { key: keyPlaceOf(entry), value: placeOf(entry.value) })
    }
  }
  // Something that comes later may stand in place of what is required.
  if (waits) return failed
  const value = finish(scope, node, values, places, tree, path, check, meant)
  return bad ? failed : value
}

/** Keys that come later or stand elsewhere are marked themselves, not their values. */
const checkValue = (scope: Scope, key: KeyNode, name: string, entry: Entry, path: string, check: Check): unknown => {
  const place = keyPlaceOf(entry)
  if (key.node.kind === 'later' || key.later !== undefined) {
    const what = key.later ?? (key.node.kind === 'later' ? key.node.what : '')
    report(
      scope,
      place,
      'GW1108',
      name === entry.key
        ? `${JSON.stringify(name)} is not available yet in this version`
        : `${JSON.stringify(entry.key)} would be ${JSON.stringify(name)}, which is not available yet in this version`,
      `It comes with ${what}; remove it until then.`,
      path,
    )
    return failed
  }
  if (key.node.kind === 'misplaced') {
    report(scope, place, 'GW1202', `${JSON.stringify(entry.key)} cannot stand here`, key.node.help, path)
    return failed
  }
  if (entry.value.kind === 'scalar' && entry.value.missing === true) {
    report(
      scope,
      place,
      'GW1102',
      `${JSON.stringify(entry.key)} has no value`,
      `${describeNode(key.node)} is wanted; or remove the key`,
      path,
    )
    return failed
  }
  return check(scope, key.node, entry.value, path)
}

const suggestable = (node: ObjectNode): string[] =>
  Object.keys(node.keys).filter((name) => node.keys[name]?.node.kind !== 'misplaced')

const unknownKey = (
  scope: Scope,
  node: ObjectNode,
  tree: Extract<Tree, { kind: 'map' }>,
  entry: Entry,
  path: string,
  check: Check,
  meant: ReadonlySet<string>,
): string | undefined => {
  const where = path === '' ? '' : ` in ${path}`
  const suggestion = suggestKey(entry.key, suggestable(node))
  if (suggestion === undefined && scope.plugins && Object.hasOwn(node.keys, 'headers')) return undefined
  const belongs = scope.elsewhere.get(entry.key)
  const without = belongs === undefined ? helpFor(node) : `${entry.key} belongs to ${belongs}`
  const theirs = suggestion !== undefined && !suggestion.sure
  const help =
    suggestion === undefined || (belongs !== undefined && !theirs) ? without : `did you mean "${suggestion.key}"?`
  const free =
    suggestion !== undefined &&
    !meant.has(suggestion.key) &&
    !tree.entries.some((other) => other.key === suggestion.key)
  // One that comes later is told as such by who asks, and not offered first.
  if (free && (belongs === undefined || theirs) && isClosed(node.keys[suggestion.key])) return suggestion.key
  report(
    scope,
    keyPlaceOf(entry),
    'GW1101',
    `unknown key ${JSON.stringify(entry.key)}${where}`,
    help,
    path === '' ? entry.key : `${path}.${entry.key}`,
    free && suggestion.certain && belongs === undefined ? { from: entry.key, to: suggestion.key } : undefined,
  )
  if (!free) return undefined
  if (suggestion.sure) return suggestion.key
  // Another gateway's word may hold another form: its value counts only if it is right as it stands.
  const trial: Scope = { ...scope, findings: [], references: [] }
  const key = node.keys[suggestion.key] as KeyNode
  check(trial, key.node, entry.value, path)
  if (trial.impure) scope.impure = true
  return trial.findings.length === 0 ? suggestion.key : undefined
}

const absent = new WeakMap<ObjectNode, readonly (readonly [string, KeyNode])[]>()

/** Keys whose absence means something: required ones, and those with a default. */
const absentKeys = (node: ObjectNode): readonly (readonly [string, KeyNode])[] => {
  const known = absent.get(node)
  if (known !== undefined) return known
  const keys = Object.entries(node.keys).filter(([, key]) => key.required === true || key.default !== undefined)
  absent.set(node, keys)
  return keys
}

const finish = (
  scope: Scope,
  node: ObjectNode,
  values: Map<string, unknown>,
  places: Map<string, KeyPlace>,
  tree: Tree,
  path: string,
  check: Check,
  meant: ReadonlySet<string>,
): unknown => {
  let bad = false
  for (const [name, key] of absentKeys(node)) {
    if (values.has(name) || meant.has(name)) continue
    if (key.required === true) {
      report(
        scope,
        tree,
        'GW1105',
        `${JSON.stringify(name)} is missing${path === '' ? '' : ` in ${path}`}`,
        `add ${name}: ${describeNode(key.node)}`,
        path,
      )
      bad = true
    } else if (scope.defaults && key.default !== undefined) values.set(name, defaultOf(key, check))
  }
  if (bad) return failed
  const value = isRespond(node)
    ? withFile(scope, Object.fromEntries(values), places, tree, path)
    : Object.fromEntries(values)
  if (value === failed) return failed
  scope.places.set(value, places)
  return value
}

/** `file` of a fixed answer is read now. */
const withFile = (
  scope: Scope,
  respond: Readonly<Record<string, unknown>>,
  places: ReadonlyMap<string, KeyPlace>,
  tree: Tree,
  path: string,
): Readonly<Record<string, unknown>> | typeof failed => {
  const file = respond['file']
  if (typeof file !== 'string') return respond
  const place = places.get('file')?.value ?? placeOf(tree)
  if (respond['body'] !== undefined) {
    report(scope, place, 'GW1305', `${path} has a body and a file`, 'Keep one of them.', path)
    return failed
  }
  const value = respondWithFile(respond, file)
  if (value !== undefined) return value
  report(scope, place, 'GW1003', `the file of ${path} is no UTF-8 text`, 'Answer it from a service or a handler.', path)
  return failed
}
