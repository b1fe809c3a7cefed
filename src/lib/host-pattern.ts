import { domainToASCII } from 'node:url'
import { normalizeAddress } from './address.ts'
import type { PatternFault } from './pattern.ts'

/** A host pattern of config.md §4.2, taken apart. Texts are lower case, without trailing dot. */
export type HostPattern =
  | { readonly kind: 'exact'; readonly host: string }
  /** `{tenant}.example.com`: exactly one label before the suffix, captured. */
  | { readonly kind: 'label'; readonly name: string; readonly suffix: string }
  /** `*.example.com`: one or more labels before the suffix. */
  | { readonly kind: 'wildcard'; readonly suffix: string }

const fault = (reason: string, offset = 0): PatternFault => ({ kind: 'fault', reason, offset })

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/** Canonical domain name, or why it is none. */
const domain = (text: string, offset: number): string | PatternFault => {
  let name = text.endsWith('.') ? text.slice(0, -1) : text
  if (/\P{ASCII}/u.test(name)) name = domainToASCII(name)
  name = name.toLowerCase()
  if (name === '') return fault('a host has at least one label', offset)
  if (name.length > 253) return fault('a host has at most 253 characters', offset)
  let at = offset
  for (const part of name.split('.')) {
    if (!label.test(part))
      return fault(part === '' ? 'a label of the host is empty' : `"${part}" is not a label of a host`, at)
    at += part.length + 1
  }
  return name
}

/** Takes a host pattern apart: `api.example.com`, `*.example.com`, `{tenant}.example.com`, `10.0.0.5`, `[::1]`. */
export const parseHostPattern = (text: string): HostPattern | PatternFault => {
  if (text.startsWith('[')) {
    const address = text.endsWith(']') ? normalizeAddress(text.slice(1, -1)) : undefined
    return address === undefined || !address.includes(':')
      ? fault('this is not an IPv6 address in brackets')
      : { kind: 'exact', host: `[${address}]` }
  }
  const colon = text.replace(/^\{[^}]*\}/, (name) => '_'.repeat(name.length)).indexOf(':')
  if (colon >= 0) {
    if (normalizeAddress(text) !== undefined) return fault('an IPv6 address stands in brackets')
    return fault(
      text.slice(colon, colon + 3) === '://' ? 'a host has no scheme' : 'a host has no port; ports belong to listeners',
      colon,
    )
  }
  if (text === '*') return fault('any host is what holds when host is left out')
  if (text.startsWith('*.')) {
    const suffix = domain(text.slice(2), 2)
    return typeof suffix === 'string' ? { kind: 'wildcard', suffix } : suffix
  }
  const captured = /^\{([^{}]*)\}\./.exec(text)
  if (captured !== null) {
    const name = captured[1] as string
    if (!/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(name))
      return fault('a parameter is named by a letter and then letters, digits, _ and -', 1)
    const suffix = domain(text.slice(captured[0].length), captured[0].length)
    return typeof suffix === 'string' ? { kind: 'label', name, suffix } : suffix
  }
  const odd = text.search(/[*{}]/)
  if (odd >= 0)
    return fault(
      text[odd] === '*'
        ? 'the * stands alone, as the first label: *.example.com'
        : 'a parameter stands alone, as the first label: {tenant}.example.com',
      odd,
    )
  const host = domain(text, 0)
  return typeof host === 'string' ? { kind: 'exact', host } : host
}
