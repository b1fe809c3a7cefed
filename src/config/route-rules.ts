import type { SchemaNode } from '../contract/schema.ts'
import { placeEncoders } from '../lib/template-encoding.ts'
import { parseTemplate } from '../lib/template.ts'
import { actionKeys } from './grammar/routes.ts'
import { keyPlaceOf, report, type Scope } from './scope.ts'
import { paramsOfHost, paramsOfPattern } from './texts.ts'
import { suggestKey } from './unknown-key.ts'
import { valueOf, type Entry, type Tree } from './tree.ts'
import { valuePlaceIn, type Unit } from './unit.ts'

type ReadUnit = (scope: Scope, node: SchemaNode, item: Entry, file: number, path: string) => Unit

/** Checks one route: its keys with the parameters that its paths and hosts capture, and its one action. */
export const checkRoute = (
  scope: Scope,
  node: SchemaNode,
  item: Entry,
  file: number,
  path: string,
  read: ReadUnit,
): Unit => {
  const before = scope.params
  scope.params = paramsOf(scope, node, item.value)
  const unit = read(scope, node, item, file, path)
  scope.params = before
  checkAction(scope, node, item, path)
  checkRedirect(scope, unit, path)
  return unit
}

/**
 * Names that the route captures; undefined where they cannot be told: from the environment, or from a path or host that
 * is wrong itself and reported as such.
 */
const paramsOf = (scope: Scope, node: SchemaNode, tree: Tree): readonly string[] | undefined => {
  if (isMisspelt(node, tree)) return undefined
  const names = new Set<string>(valueOf(tree, 'host') === undefined ? scope.inheritedParams : [])
  for (const [key, read] of [
    ['path', paramsOfPattern],
    ['host', paramsOfHost],
  ] as const) {
    const value = valueOf(tree, key)
    for (const one of value?.kind === 'list' ? value.items : value === undefined ? [] : [value]) {
      if (one.kind !== 'scalar' || one.text.includes('${')) return undefined
      const found = read(one.text)
      if (found === undefined) return undefined
      for (const name of found) names.add(name)
    }
  }
  return [...names]
}

/** Whether some key was probably meant to be the path or the host. */
const isMisspelt = (node: SchemaNode, tree: Tree): boolean => {
  const keys = node.kind === 'object' ? node.keys : {}
  const unknown = tree.kind === 'map' ? tree.entries.filter((entry) => !Object.hasOwn(keys, entry.key)) : []
  return unknown.some((entry) => /^(path|host)$/.test(suggestKey(entry.key, Object.keys(keys))?.key ?? ''))
}

const checkRedirect = (scope: Scope, unit: Unit, path: string): void => {
  const to = (unit.value?.['redirect'] as { readonly to: string } | undefined)?.to
  if (to === undefined) return
  if (/^([/{]|https?:\/\/)/.test(to)) {
    checkLocation(scope, unit, to, path)
    return
  }
  const help = /^[a-z0-9-]+(\.[a-z0-9-]+)+/i.test(to)
    ? `did you mean "https://${to}"?`
    : 'write a path, or a URL with its scheme: https://example.com/{*}'
  report(
    scope,
    valuePlaceIn(unit, 'redirect'),
    'GW1103',
    `${JSON.stringify(to)} is no address to redirect to`,
    help,
    `${path}.redirect`,
  )
}

/** A location whose host a request could choose; the reason comes from the encoders that would make it. */
const checkLocation = (scope: Scope, unit: Unit, to: string, path: string): void => {
  const { parts, errors } = parseTemplate(to)
  if (errors.length > 0) return
  try {
    placeEncoders(parts, 'location')
  } catch (error) {
    report(
      scope,
      valuePlaceIn(unit, 'redirect'),
      'GW1103',
      `${path}.redirect: ${error instanceof Error ? error.message : 'no location'}`,
      'write https://example.com/{*}, or a fixed ending of the host: https://{tenant}.example.com/',
      `${path}.redirect`,
    )
  }
}

const checkAction = (scope: Scope, node: SchemaNode, item: Entry, path: string): void => {
  if (item.value.kind !== 'map' || node.kind !== 'object') return
  const written = item.value.entries.filter((entry) => actionKeys.includes(entry.key))
  const second = written[1]
  if (second !== undefined && !item.value.entries.some((entry) => entry.key === 'consume')) {
    report(
      scope,
      keyPlaceOf(second),
      'GW1302',
      `route ${JSON.stringify(item.key)} has two actions: ${written.map((entry) => entry.key).join(' and ')}`,
      'Keep one of them.',
      path,
    )
    return
  }
  if (written.length > 0) return
  const keys = Object.keys(node.keys)
  const meant = item.value.entries.some(
    (entry) => !keys.includes(entry.key) && actionKeys.includes(suggestKey(entry.key, keys)?.key ?? ''),
  )
  if (meant || item.value.entries.some((entry) => entry.key === 'consume')) return
  report(
    scope,
    keyPlaceOf(item),
    'GW1302',
    `route ${JSON.stringify(item.key)} has no action`,
    'Give it one of service, respond, redirect, handler.',
    path,
  )
}

/** Parameters that `defaults.host` of a file captures. */
export const hostParams = (tree: Tree | undefined): readonly string[] => {
  const host = valueOf(valueOf(tree, 'defaults'), 'host')
  const items = host?.kind === 'list' ? host.items : host === undefined ? [] : [host]
  return items.flatMap((item) => (item.kind === 'scalar' ? (paramsOfHost(item.text) ?? []) : []))
}
