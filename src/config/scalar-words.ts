import type { SchemaNode, ScalarKind } from '../contract/schema.ts'

/** A kind of scalar in words, with its article, and how it is written. */
export interface KindWords {
  readonly name: string
  readonly help: string
}

/** Words for diagnostics and for the reference. */
export const kindWords: Readonly<Record<ScalarKind, KindWords>> = {
  text: { name: 'a text', help: 'write a text' },
  integer: { name: 'a whole number', help: 'write digits only, such as 100' },
  number: { name: 'a number', help: 'write a number, such as 1.5' },
  boolean: { name: 'true or false', help: 'write true or false' },
  duration: { name: 'a duration', help: 'write a number and ms, s, m, h or d: 500ms, 5s, 1m' },
  size: { name: 'a size', help: 'write a number and B, KB, MB or GB: 64KB, 10MB' },
  share: { name: 'a share', help: 'write a percentage: 10%, 0.5%' },
  status: { name: 'a status', help: 'write a number from 100 to 599' },
  statusRange: { name: 'a status or a range of them', help: 'write 503, 5xx or 200-399' },
  outcome: { name: 'an outcome', help: 'write a status (502, 5xx), connect, reset, timeout or open' },
  date: { name: 'a date', help: 'write 2027-06-30 or an RFC 3339 time' },
  cidr: { name: 'an address or network', help: 'write 192.0.2.7, 10.0.0.0/8, 2001:db8::/32 or a file: ./list.txt' },
  address: { name: 'an address', help: 'write an IPv4 or IPv6 address, such as 127.0.0.1 or ::1' },
  regex: { name: 'an expression', help: 'begin it with ~: ~v[0-9]+' },
  expression: { name: 'an expression', help: 'write a linear regular expression, such as ^/v[0-9]+' },
  matcher: { name: 'a matcher', help: 'write a text, ~regex, a list of them, true (present) or none (absent)' },
  glob: { name: 'a name or glob', help: 'write names with *, such as orders*' },
  pattern: { name: 'a path pattern', help: 'begin with / or ~: /orders/{id}, /orders/*' },
  template: { name: 'a text with placeholders', help: "write a text, such as 'from {client.ip}'" },
  templateTree: { name: 'a text or a tree of texts', help: 'write a text, a list or a map of them' },
  json: { name: 'any value', help: 'write any value' },
  cel: { name: 'an expression', help: 'write a CEL expression' },
  selector: { name: 'a selector', help: 'write ip, host, header:NAME …' },
  url: { name: 'a URL', help: 'write it with its scheme: https://example.com' },
  targetUrl: { name: 'a target', help: 'write a URL: http://orders:4001, https://…, unix:/path' },
  file: { name: 'a file', help: 'write a path relative to this file: ./handlers/order.ts' },
  secret: { name: 'a secret', help: 'write ${NAME} or ${file:./path}' },
  name: { name: 'a name', help: 'write a letter, then letters, digits, _ and -, at most 64' },
  fieldName: { name: 'a header name', help: 'write a field name, such as X-Tenant' },
  method: { name: 'a method', help: 'write GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS …' },
  host: { name: 'a host', help: 'write a host name or address, with a port if it needs one' },
  hostPattern: {
    name: 'a host',
    help: "write api.example.com, '*.example.com' or '{tenant}.example.com', without port",
  },
  port: { name: 'a port', help: 'write a number from 0 to 65535' },
  countryCode: { name: 'a country code', help: 'write two letters, such as KR' },
}

/** A kind that values in a section of the file have, in the singular. */
export const sectionWords: Readonly<Record<string, string>> = {
  services: 'service',
  routes: 'route',
  listeners: 'listener',
  policies: 'bundle',
  plans: 'plan',
  meters: 'meter',
  auth: 'scheme',
  brokers: 'broker',
  discovery: 'discovery engine',
}

/** What a node takes, in words: "a duration or none", "a list of paths". */
export const describeNode = (node: SchemaNode): string => {
  switch (node.kind) {
    case 'choice':
      return node.values.length === 1 ? (node.values[0] ?? '') : `one of ${node.values.join(', ')}`
    case 'constant':
      return String(node.value)
    case 'ref':
      return `the name of a ${sectionWords[node.section] ?? node.section}`
    case 'list':
      return node.single ? `${describeNode(node.of)}, or a list` : `a list (of ${bare(describeNode(node.of))})`
    case 'map':
      return 'a map'
    case 'object':
      return describeObject(node)
    case 'union':
      return joinOr([
        ...new Set(
          node.of.filter((one) => one.kind !== 'laterChoice' && one.kind !== 'later').map((one) => describeNode(one)),
        ),
      ])
    case 'nullable':
      return joinOr([describeNode(node.of), 'none'])
    case 'keyed':
      return `a map, or a list of maps with ${node.by}`
    case 'laterChoice':
      return node.values.join(', ')
    case 'later':
    case 'misplaced':
      return 'nothing in this version'
    default:
      return kindWords[node.kind].name
  }
}

const describeObject = (node: Extract<SchemaNode, { kind: 'object' }>): string => {
  const words: string[] = []
  if (node.whenTrue === true) words.push('true')
  const short = node.short === undefined ? undefined : node.keys[node.short]
  if (short !== undefined) words.push(describeNode(short.node))
  const names = Object.keys(node.keys)
  words.push(`a map with ${names.slice(0, 4).join(', ')}${names.length > 4 ? ' …' : ''}`)
  return joinOr(words)
}

const bare = (words: string): string => words.replace(/^an? /, '')
const joinOr = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
