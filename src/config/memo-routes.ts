import { checkApart, readParts, type FileParts } from './file-parts.ts'
import type { Grammar } from './grammar/gateway.ts'
import type { RouteMemo } from './memo.ts'
import type { ReadConfig } from './read-config.ts'
import { hostParams } from './route-rules.ts'
import type { Scope } from './scope.ts'
import { splitRoutes, type SplitText } from './split-routes.ts'
import { valueOf, type Entry, type Tree } from './tree.ts'
import type { CheckedRouteUnit, Unit } from './unit.ts'
import { parseYaml, type ParsedText } from './yaml-tree.ts'

/** What reading a file needs besides the file. */
export interface Reading {
  readonly grammar: Grammar
  readonly memo: RouteMemo
  /** False for included files. */
  readonly main: boolean
  /** Parameters that hosts of the main file's `defaults` capture. */
  readonly params: readonly string[]
}

/**
 * Checks a file. Where its routes can be told apart by their text, those that an earlier load saw are taken from the
 * memo and only the others are parsed; whenever that is not safe, the file is read as a whole.
 */
export const readFileParts = (scope: Scope, config: ReadConfig, reading: Reading): FileParts => {
  const path = scope.sources.list[config.source]?.path ?? ''
  const split = config.text === undefined ? undefined : splitRoutes(config.text)
  if (config.text === undefined || split === undefined) return readTree(scope, config, reading)
  const file: SplitFile = { path, text: config.text, source: config.source, split, reading }
  const partly = readChanged(scope, file)
  if (partly !== undefined) return partly
  const texts = new Map(split.routes.map((route) => [route.name, route]))
  const parsed = config.parse()
  scope.findings.push(...parsed.findings)
  prepare(scope, parsed.tree, reading)
  const context = memoContext(scope)
  // A finding of the parser belongs to no route that could be remembered.
  const clean = parsed.findings.length === 0
  const parts = readParts(scope, reading.grammar, parsed.tree, config.source, reading.main, {
    seen: (entry, checked, pure) => {
      const route = texts.get(entry.key)
      if (!clean || !pure || route === undefined) return
      reading.memo.keep(path, context, file.text.slice(route.start, route.end), route.start, checked)
    },
  })
  return { ...parts, unread: isUnread(parsed) }
}

const readTree = (scope: Scope, config: ReadConfig, reading: Reading): FileParts => {
  const parsed = config.parse()
  scope.findings.push(...parsed.findings)
  prepare(scope, parsed.tree, reading)
  const parts = readParts(scope, reading.grammar, parsed.tree, config.source, reading.main)
  return { ...parts, unread: isUnread(parsed) }
}

/** A text that gave no tree and said why; an empty one gives neither. */
const isUnread = (parsed: ParsedText): boolean => parsed.tree === undefined && parsed.findings.length > 0

/** What the check of every part depends on. */
export const prepare = (scope: Scope, tree: Tree | undefined, reading: Pick<Reading, 'main' | 'params'>): void => {
  const own = hostParams(tree)
  scope.inheritedParams = own.length > 0 ? own : reading.params
  if (reading.main) scope.plugins = valueOf(tree, 'plugins') !== undefined
}

/** What the check of a route depends on besides its text and the files it names. */
const memoContext = (scope: Scope): string => JSON.stringify([scope.inheritedParams, scope.plugins])

interface SplitFile {
  readonly path: string
  readonly text: string
  readonly source: number
  readonly split: SplitText
  readonly reading: Reading
}

/** Reads with the memo; undefined when it does not know the file, or some part has to be seen in its whole. */
const readChanged = (scope: Scope, file: SplitFile): FileParts | undefined => {
  const { path, source, reading } = file
  if (!reading.memo.has(path)) return undefined
  const rest = parseYaml(file.split.rest, source)
  if (rest.findings.length > 0) return undefined
  const params = scope.inheritedParams
  const plugins = scope.plugins
  prepare(scope, rest.tree, reading)
  const context = memoContext(scope)
  const routes = reading.memo.knows(path, context) ? routesOf(file) : undefined
  if (routes === undefined) {
    scope.inheritedParams = params
    scope.plugins = plugins
    return undefined
  }
  return readParts(scope, reading.grammar, rest.tree, source, reading.main, {
    known: () => readSplit(scope, file, routes, context),
  })
}

/** Each route as remembered or as parsed; undefined when one of them cannot be parsed alone. */
const routesOf = (file: SplitFile): readonly (CheckedRouteUnit | Entry)[] | undefined => {
  const found: (CheckedRouteUnit | Entry)[] = []
  for (const route of file.split.routes) {
    const text = file.text.slice(route.start, route.end)
    const known = file.reading.memo.recall(file.path, text, route.start, file.source)
    if (known !== undefined) {
      found.push(known)
      continue
    }
    const parsed = parseYaml(text, file.source, route.start)
    const entry = parsed.tree?.kind === 'map' && parsed.tree.entries.length === 1 ? parsed.tree.entries[0] : undefined
    if (parsed.findings.length > 0 || entry?.key !== route.name) return undefined
    found.push(entry)
  }
  return found
}

/** Routes in the order of the text: recalled where their text is known, checked where it changed. */
const readSplit = (
  scope: Scope,
  file: SplitFile,
  routes: readonly (CheckedRouteUnit | Entry)[],
  context: string,
): readonly Unit[] => {
  const { path, source, reading } = file
  return routes.map((one, index) => {
    const route = file.split.routes[index]
    const text = file.text.slice(route?.start, route?.end)
    if ('unit' in one) {
      scope.findings.push(...one.findings)
      scope.references.push(...one.references)
      reading.memo.keepRecalled(path, context, text)
      return one.unit
    }
    const { checked, pure } = checkApart(scope, reading.grammar, one, source)
    if (pure) reading.memo.keep(path, context, text, route?.start ?? 0, checked)
    return checked.unit
  })
}
