import { competitorWords } from '../../src/config/words.ts'
import { spotsOf, type Spot } from './walk.ts'

/** A configuration made wrong in one place. */
export interface Mutant {
  readonly kind: string
  readonly text: string
  /** Line, from 1, and column, from 1, of what was made wrong; no column where only the line can be asked for. */
  readonly line: number
  readonly column: number | undefined
  /** What the diagnostic must suggest. */
  readonly suggestion: string | undefined
  readonly what: string
}

type Make = (text: string, spots: readonly Spot[]) => Mutant[]

const positionOf = (text: string, at: number): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

const replaced = (text: string, start: number, end: number, by: string): string =>
  text.slice(0, start) + by + text.slice(end)

const mutant = (kind: string, text: string, start: number, end: number, by: string, suggestion?: string): Mutant => ({
  kind,
  text: replaced(text, start, end, by),
  ...positionOf(text, start),
  suggestion,
  what: `${JSON.stringify(text.slice(start, end))} became ${JSON.stringify(by)}`,
})

/** Slips of the finger: a letter lost, doubled, two swapped, one replaced. */
const typos = (word: string): string[] => {
  const middle = Math.max(1, Math.floor(word.length / 2))
  return [
    word.slice(0, middle) + word.slice(middle + 1),
    word.slice(0, middle) + (word[middle - 1] ?? '') + word.slice(middle),
    word.slice(0, middle - 1) + (word[middle] ?? '') + (word[middle - 1] ?? '') + word.slice(middle + 1),
    `${word.slice(0, middle)}q${word.slice(middle + 1)}`,
  ].filter((typo, index, all) => typo !== word && typo !== '' && all.indexOf(typo) === index)
}

const scalars = (spots: readonly Spot[]): Spot[] => spots.filter((spot) => spot.tree.kind === 'scalar')

const typoKey: Make = (text, spots) =>
  spots.flatMap((spot) => {
    const { entry } = spot
    if (entry === undefined || entry.key.length < 3) return []
    return typos(entry.key).flatMap((typo) =>
      spot.keys.includes(typo) ? [] : [mutant('typo key', text, entry.keyStart, entry.keyEnd, typo, entry.key)],
    )
  })

const typoEnum: Make = (text, spots) =>
  scalars(spots).flatMap(({ node, tree }) => {
    if (node.kind !== 'choice' || tree.kind !== 'scalar' || tree.text.length < 3) return []
    return typos(tree.text)
      .filter((typo) => !node.values.includes(typo))
      .map((typo) => mutant('typo enum', text, tree.start, tree.end, typo, tree.text))
  })

const danglingRef: Make = (text, spots) =>
  scalars(spots).flatMap(({ node, tree }) => {
    if (node.kind !== 'ref' || tree.kind !== 'scalar') return []
    return typos(tree.text)
      .filter((typo) => !new RegExp(`^\\s*${typo}:|[{,] *${typo}:`, 'm').test(text))
      .map((typo) => mutant('dangling ref', text, tree.start, tree.end, typo, tree.text))
  })

const duplicateKey: Make = (text, spots) =>
  spots.flatMap(({ entry, tree }) => {
    if (entry === undefined) return []
    const inLine = text.slice(text.lastIndexOf('\n', entry.keyStart) + 1, entry.keyStart)
    if (inLine.trim() === '' && tree.kind === 'scalar') {
      const lineEnd = text.indexOf('\n', tree.end)
      const copy = `\n${inLine}${entry.key}: ${text.slice(tree.start, tree.end)}`
      return [
        {
          ...mutant('duplicate key', text, lineEnd, lineEnd, copy),
          ...positionOf(text, entry.keyStart),
          line: positionOf(text, lineEnd).line + 1,
        },
      ]
    }
    if (!inLine.includes('{') || tree.kind !== 'scalar') return []
    const copy = `, ${entry.key}: ${text.slice(tree.start, tree.end)}`
    const place = positionOf(text, tree.end)
    return [{ ...mutant('duplicate key', text, tree.end, tree.end, copy), line: place.line, column: place.column + 2 }]
  })

const badUnit: Make = (text, spots) =>
  scalars(spots).flatMap(({ node, tree }) => {
    if (!['duration', 'size', 'share'].includes(node.kind)) return []
    const number = /^[0-9.]+/.exec(text.slice(tree.start, tree.end))?.[0]
    return number === undefined
      ? []
      : [`${number}x`, `${number} minute`, `${number}sec`, number].map((by) =>
          mutant('bad unit', text, tree.start, tree.end, by),
        )
  })

const wrongValues: Readonly<Record<string, readonly string[]>> = {
  integer: ['many', '[]', '{}', '1_000', '1.5', "'5'", '-1'],
  port: ['http', '[]', '70000', '-1', 'true'],
  boolean: ['yes', '1', '[]', "'true'"],
  status: ['ok', '42', '{}', '[200]'],
  duration: ['[5s]', '{}', 'true', '5'],
  size: ['[1KB]', '{}', 'true', 'big'],
  share: ['10', '0.1', '200%', '[]'],
  statusRange: ['6xx', 'ok', '{}'],
  ref: ['[[]]', '{ a: b }', '5', 'true'],
  pattern: ['orders', '5', '{ a: b }', "'/a/*/b'", "'/{a}/{a}'", "'~(?=x)'"],
  hostPattern: ['5', "'http://a.example.com'", "'a.example.com:80'", "'a.*.com'", '{ a: b }'],
  host: ["'a b'", '{ a: b }', 'http://x/'],
  method: ['get', '5', '{ a: b }'],
  cidr: ['10.0.0.0/40', 'localhost', '5', '{ a: b }'],
  address: ['localhost', '300.1.1.1', '5', '{}'],
  targetUrl: ['ftp://a', '5', '[[]]', "'http://'", "'http://a?b=c'"],
  fieldName: ["'a b'", '5', '{}'],
  choice: ['[x]', '{ a: b }', '5'],
  object: ['[5]', '0.5'],
  map: ['5', 'x', '[x]'],
  template: ["'{nope.x}'", "'{request.nope}'", "'{'", '{ a: b }', '[[]]'],
  templateTree: ["'{nope.x}'", "{ a: '{request.nope}' }"],
  matcher: ["'~(?!x)'", "'~(a'", '{ a: b }'],
  expression: ["'(?=x)'", "'(a'", '[x]'],
  text: ['{ a: b }', '[[]]'],
  secret: ['[]', '{ a: b }'],
  file: ['./missing.ts', '5', '[]'],
}

const wrongFor = (node: Spot['node'], short: boolean): readonly string[] => {
  const low = 'min' in node ? (node.min ?? 0) : 0
  return (wrongValues[node.kind] ?? []).filter((value) => !(short && value === '{}') && !(value === '-1' && low < 0))
}

const badType: Make = (text, spots) =>
  spots.flatMap(({ node, tree, path, short }) => {
    if (path === '' || tree.start < 0 || /:\n/.test(text.slice(tree.start - 2, tree.start))) return []
    const inFlow = tree.kind === 'scalar' || text[tree.start] === '{' || text[tree.start] === '['
    return inFlow ? wrongFor(node, short).map((by) => mutant('bad type', text, tree.start, tree.end, by)) : []
  })

const missingScheme: Make = (text, spots) =>
  scalars(spots).flatMap(({ node, tree }) => {
    const url = /^http:\/\//.exec(text.slice(tree.start, tree.end))
    if (node.kind !== 'targetUrl' || url === null) return []
    const bare = text.slice(tree.start + url[0].length, tree.end)
    return [mutant('missing scheme', text, tree.start, tree.end, bare, `http://${bare}`)]
  })

const unsetEnv: Make = (text, spots) =>
  scalars(spots).flatMap(({ node, tree }) =>
    node.kind === 'constant'
      ? []
      : [
          {
            ...mutant('unset env', text, tree.start, tree.end, "'${NOT_SET_HERE}'"),
            column: positionOf(text, tree.start).column + 1,
          },
        ],
  )

const shadowedRoute: Make = (text, spots) => {
  const routes = spots.find((spot) => spot.path === '.routes')?.tree
  if (routes?.kind !== 'map') return []
  return routes.entries.flatMap((entry) => {
    const line = text.slice(text.lastIndexOf('\n', entry.keyStart) + 1, text.indexOf('\n', entry.value.end - 1))
    if (line.includes('\n')) return []
    const copy = line.replace(entry.key, 'zzzCopy')
    const at = text.indexOf('\n', entry.value.end - 1) + 1
    return [{ ...mutant('shadowed route', text, at, at, `${copy}\n`), column: undefined }]
  })
}

const tab: Make = (text) =>
  [...text.matchAll(/^( {2,})\S/gm)].map((found) => ({
    ...mutant('tab', text, found.index, found.index + (found[1]?.length ?? 0), '\t'),
    column: undefined,
  }))

const deletedBrace: Make = (text) =>
  [...text.matchAll(/[{}[\]]/g)]
    .filter(
      (found) =>
        !/['"#~]/.test(text.slice(text.lastIndexOf('\n', found.index) + 1, found.index)) &&
        !/['"#~]/.test(text.slice(found.index, text.indexOf('\n', found.index))),
    )
    .map((found) => ({ ...mutant('deleted brace', text, found.index, found.index + 1, ''), column: undefined }))

const competitorsWord: Make = (text, spots) =>
  spots.flatMap(({ entry, keys }) => {
    if (entry === undefined) return []
    return Object.entries(competitorWords)
      .filter(([word, ours]) => ours.find((one) => keys.includes(one)) === entry.key && !keys.includes(word))
      .map(([word]) => mutant('competitor’s word', text, entry.keyStart, entry.keyEnd, word, entry.key))
  })

const makers: readonly Make[] = [
  typoKey,
  typoEnum,
  danglingRef,
  duplicateKey,
  badUnit,
  badType,
  missingScheme,
  unsetEnv,
  shadowedRoute,
  tab,
  deletedBrace,
  competitorsWord,
]

/** Every mutant of a text: the twelve ways of going wrong, wherever they apply. */
export const mutantsOf = (text: string): Mutant[] => {
  const spots = spotsOf(text)
  return makers.flatMap((make) => make(text, spots)).filter((one) => one.text !== text)
}
