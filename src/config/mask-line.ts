import { isTelling } from '../lib/redaction.ts'

/** A name and its colon, whole words only: names are told apart by `isTelling`, in time linear in the line. */
const named = /(?<![\w-]|\$\{)(["']?)([\w-]+)\1\s*:\s*/g
const value = /("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]#&*|>'"][^,}\]#]*)/y
const replacement = /\{[^{}]*\bwith\s*:\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}][^,}]*)/y
/** Words of the grammar that hold no secret. */
const grammar = new Set(['key', 'keys', 'cookie', 'cookies'])
const reference = /\$\{(\w+):-/g
const anyDefault = /(\$\{\w+:-)([^}]+)(?=\}|$)/g
const userInfo = /(:\/\/)([^/?#@\s'"]+)(?=@)/g

const stars = (text: string): string => '*'.repeat(text.length)
const starDefault = (_: string, head: string, text: string): string => head + stars(text)
const hidden = (text: string): string => {
  const shown = text.trimEnd()
  return (shown.includes('${') ? shown.replace(anyDefault, starDefault) : stars(shown)) + text.slice(shown.length)
}

/** What stands behind a telling name at `at`, and how it is shown; undefined when it is no text. */
const behind = (
  line: string,
  at: number,
  name: string,
): { readonly end: number; readonly text: string } | undefined => {
  value.lastIndex = at
  const plain = value.exec(line)?.[1]
  if (plain !== undefined) {
    const bare = plain.trim().replace(/^["']|["']$/g, '')
    const isOpen = grammar.has(name.toLowerCase()) || /^(?:none|true|false)$/.test(bare)
    return { end: at + plain.length, text: isOpen ? plain : hidden(plain) }
  }
  replacement.lastIndex = at
  const [whole, put] = replacement.exec(line) ?? []
  return whole === undefined || put === undefined
    ? undefined
    : { end: at + whole.length, text: whole.slice(0, whole.length - put.length) + hidden(put) }
}

const maskNamed = (line: string): string => {
  let text = ''
  let from = 0
  named.lastIndex = 0
  for (let found = named.exec(line); found !== null; found = named.exec(line)) {
    const name = found[2] ?? ''
    const at = named.lastIndex
    const masked = isTelling(name) ? behind(line, at, name) : undefined
    if (masked === undefined) continue
    text += line.slice(from, at) + masked.text
    from = masked.end
    named.lastIndex = from
  }
  return text + line.slice(from)
}

/** Defaults of references under telling names. */
const maskDefaults = (line: string): string => {
  let text = ''
  let from = 0
  reference.lastIndex = 0
  for (let found = reference.exec(line); found !== null; found = reference.exec(line)) {
    const at = reference.lastIndex
    const end = line.indexOf('}', at)
    if (end === -1) break
    reference.lastIndex = end
    if (!isTelling(found[1] ?? '')) continue
    text += line.slice(from, at) + stars(line.slice(at, end))
    from = end
  }
  return text + line.slice(from)
}

/**
 * A line of a file for people: values under telling names and credentials in URLs become as many `*`, so that columns
 * stay; so do the defaults of references under telling names. References (`${…}`) and switches are shown.
 */
export const maskLine = (line: string): string =>
  maskDefaults(maskNamed(line)).replace(userInfo, (_: string, slashes: string, user: string) => slashes + stars(user))
