/** One route of the text, from the first column of its line to the line of the next one. */
export interface RouteText {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** A text whose routes can be parsed one by one. */
export interface SplitText {
  readonly routes: readonly RouteText[]
  /** The text with the routes blanked as a comment: everything else stands where it stood. */
  readonly rest: string
}

const head = /^routes:[ \t]*(?:#.*)?$/gm
const anchor = /(?:^|[\s,[{:-])&[^\s,\]}]/m
const marker = /^(?:---|\.\.\.|%)/m
const entry = /^ *([A-Za-z][A-Za-z0-9_-]*):(?: |$)/

/**
 * Splits a YAML text at the entries of its top-level `routes:`, when that is safe: block style, plain names that stand
 * once, no anchors, no tabs, one document. Undefined whenever there is doubt; the text is then parsed as a whole.
 */
export const splitRoutes = (text: string): SplitText | undefined => {
  if (/[\r\t\uFEFF]/.test(text) || anchor.test(text) || marker.test(text)) return undefined
  const heads = [...text.matchAll(head)]
  const first = heads[0]
  if (first === undefined || heads.length > 1) return undefined
  const from = first.index + first[0].length + 1
  const names = new Set<string>()
  const routes: { name: string; start: number; end: number }[] = []
  let indent = 0
  let at = from
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline + 1
    let column = 0
    while (text.charCodeAt(at + column) === 32) column++
    const char = text[at + column]
    if (char !== undefined && char !== '\n' && char !== '#') {
      if (column === 0) break
      if (indent === 0) indent = column
      if (column < indent) return undefined
      if (column === indent) {
        const name = entry.exec(text.slice(at, end).trimEnd())?.[1]
        if (name === undefined || names.has(name)) return undefined
        names.add(name)
        const last = routes.at(-1)
        if (last !== undefined) last.end = at
        routes.push({ name, start: at, end })
      }
    }
    at = end
  }
  const last = routes.at(-1)
  if (last === undefined) return undefined
  last.end = at
  const length = at - from
  const blank =
    text[at - 1] === '\n' ? `#${' '.repeat(Math.max(0, length - 2))}\n` : `#${' '.repeat(Math.max(0, length - 1))}`
  return { routes, rest: text.slice(0, from) + blank + text.slice(at) }
}
