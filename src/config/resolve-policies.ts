import type { PolicyOptions } from '../contract/policy.ts'
import type { CodeRef, PolicyUse } from '../contract/snapshot.ts'
import { objectTree } from './object-tree.ts'
import type { Entry, Tree } from './tree.ts'
import { writeValue, type WriteContext } from './write-value.ts'

const nowhere = { source: -1, start: -1, end: -1 } as const

/**
 * Policies as keys again. What would be inherited and is not there is switched off by `none`; what appends is written
 * without the part that is inherited anyway.
 */
export const policyTrees = (
  context: WriteContext,
  policies: readonly PolicyOptions[],
  uses: readonly PolicyUse[],
  inherited: readonly PolicyUse[],
): Entry[] => {
  const entries: Entry[] = []
  for (const policy of policies) {
    const far = inherited.filter((use) => use.name === policy.name)
    const all = uses.filter((use) => use.name === policy.name)
    const own = policy.merge === 'append' ? all.filter((use) => !far.includes(use)) : all
    const cleared =
      policy.merge === 'append' ? far.some((use) => !all.includes(use)) : far.length > 0 && all.length === 0
    if (own.length === 0 && !cleared) continue
    const value = own.length === 0 ? objectTree('none', -1) : treeOf(context, policy, own)
    entries.push({ key: policy.name, source: -1, keyStart: -1, keyEnd: -1, value })
  }
  return entries
}

const treeOf = (context: WriteContext, policy: PolicyOptions, uses: readonly PolicyUse[]): Tree => {
  if (policy.name === 'use')
    return { ...nowhere, kind: 'list', items: uses.map((use) => codeTree(context, use.options as CodeRef)) }
  const [first, ...others] = uses.map((use) => use.options)
  const joined = others.reduce((far, near) => joinLists(far, near), first)
  const tree = writeValue(context, policy.schema.node, joined)
  return placed(context, others.length === 0 ? tree : keysPlaced(context, tree, uses), uses.at(-1))
}

/** What was joined of several places has the nearest of them. */
const keysPlaced = (context: WriteContext, tree: Tree, uses: readonly PolicyUse[]): Tree => {
  if (tree.kind !== 'map') return tree
  const entries = tree.entries.map((entry): Entry => {
    const near = uses.findLast((use) => context.places.get(use.options as object)?.has(entry.key) === true)
    const place = near === undefined ? undefined : context.places.get(near.options as object)?.get(entry.key)?.value
    return place === undefined || entry.value.start >= 0 ? entry : { ...entry, value: { ...entry.value, ...place } }
  })
  return { ...tree, entries }
}

/** Lists of several places as the one that admits and refuses the same. */
const joinLists = (far: unknown, near: unknown): unknown => {
  const merged = new Map(Object.entries(far as Readonly<Record<string, unknown>>))
  for (const [key, value] of Object.entries(near as Readonly<Record<string, unknown>>)) {
    const before = merged.get(key)
    if (Array.isArray(before) && Array.isArray(value))
      merged.set(key, [...new Set([...(before as unknown[]), ...(value as unknown[])])])
    else if (key === 'headers' && typeof before === 'object' && before !== null)
      merged.set(key, joinMatchers(before, value as object))
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

const joinMatchers = (far: object, near: object): object => {
  const merged = new Map(Object.entries(far))
  for (const [name, matcher] of Object.entries(near))
    merged.set(name, merged.has(name) ? [merged.get(name), matcher].flat() : matcher)
  return Object.fromEntries(merged)
}

/** A value that stands on one line has the place of its policy. */
const placed = (context: WriteContext, tree: Tree, use: PolicyUse | undefined): Tree => {
  if (tree.start >= 0 || use?.origin === undefined || use.origin.line === 0) return tree
  const source = context.sources.list.findIndex((one) => one.shown === use.origin?.file)
  return source === -1
    ? tree
    : { ...tree, source, start: context.sources.offset(source, use.origin.line, use.origin.column), end: -1 }
}

const codeTree = (context: WriteContext, code: CodeRef): Tree => {
  const file: Tree =
    code.export === 'default'
      ? writeValue(context, { kind: 'file' }, code.file)
      : { ...nowhere, kind: 'code', value: code, pointer: code.export }
  if (code.options === undefined) return file
  const entries = [
    ['policy', file],
    ['options', objectTree(code.options, -1)],
  ] as const
  return {
    ...nowhere,
    kind: 'map',
    flow: false,
    entries: entries.map(([key, value]) => ({ key, source: -1, keyStart: -1, keyEnd: -1, value })),
  }
}
