import type { MessageLimits } from '../contract/plan.ts'
import { type HeadRefusal, headRefusals } from './head-refusals.ts'
import { lowerBytes, targetBytes, tokenBytes } from '../lib/bytes.ts'
import { fieldNames, idOf } from '../lib/field-names.ts'
import { Fields } from '../lib/fields.ts'
import { servedMethods } from '../lib/methods.ts'
import { hostOf } from './host.ts'
import { marks, maxMarkedFields, scanFault, scanFields, scanned } from './field-scanner.ts'

/** A parsed request head. Framing and connection fields are read into properties and never appear in `fields`. */
export class RequestHead {
  method = ''
  /** Path as sent, without query; `*` for `OPTIONS *`. */
  rawPath = ''
  query = ''
  /** Lower case, without port and trailing dot. */
  host = ''
  /** Host as the client wrote it, port included. */
  authority = ''
  protocol: 'HTTP/1.1' | 'HTTP/1.0' = 'HTTP/1.1'
  length: number | 'stream' | 'none' = 'none'
  keepAlive = true
  expectContinue = false
  /** Protocol of an upgrade that is well-formed and may be passed on; empty otherwise. */
  upgrade = ''
  acceptsTrailers = false
  readonly fields: Fields = new Fields()
}

const methods = new Map(servedMethods.map((name) => [name, name]))
const maxMethod = 32
/** Options of `Connection`. Each is looked for among all fields, so thousands would cost milliseconds; nobody sends ten. */
const maxOptions = 64

const id = {
  host: idOf('host'),
  connection: idOf('connection'),
  contentLength: idOf('content-length'),
  transferEncoding: idOf('transfer-encoding'),
  keepAlive: idOf('keep-alive'),
  proxyConnection: idOf('proxy-connection'),
  te: idOf('te'),
  upgrade: idOf('upgrade'),
  expect: idOf('expect'),
  http2Settings: idOf('http2-settings'),
  proxyAuthenticate: idOf('proxy-authenticate'),
  proxyAuthorization: idOf('proxy-authorization'),
  proxy: idOf('proxy'),
  webSocketKey: idOf('sec-websocket-key'),
  webSocketVersion: idOf('sec-websocket-version'),
}
/** 1: the codec's own business, handled one by one. 2: hop-by-hop, dropped. */
const kinds = new Uint8Array(fieldNames.length)
for (const own of [id.host, id.connection, id.contentLength, id.transferEncoding, id.te, id.upgrade, id.expect])
  kinds[own] = 1
for (const hop of [
  id.keepAlive,
  id.proxyConnection,
  id.http2Settings,
  id.proxyAuthenticate,
  id.proxyAuthorization,
  id.proxy,
])
  kinds[hop] = 2

export interface ParsedHead {
  /** Position after the head; 0 when more bytes are wanted. */
  end: number
  refusal: HeadRefusal | undefined
}
/** Result of the last `parseRequestHead`: one object, so that a parse allocates only what it keeps. */
export const parsed: ParsedHead = { end: 0, refusal: undefined }

const refuse = (reason: HeadRefusal): undefined => {
  parsed.refusal = reason
  parsed.end = 0
  return undefined
}
const more = (): undefined => {
  parsed.refusal = undefined
  parsed.end = 0
  return undefined
}

/** Content-Length: digits without leading zeros, below 2^53 (RFC 9110 §8.6). −1 when it is not. */
export const parseLength = (text: string): number => {
  const { length } = text
  if (length === 0 || length > 16 || (length > 1 && text.charCodeAt(0) === 48)) return -1
  let value = 0
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : -1
}

/**
 * Parses one request head (RFC 9112 §2 – §6) between `start` and `end`. Gives the head and sets `parsed.end`, or
 * undefined with `parsed.refusal` set, or undefined with neither when more bytes are wanted. What is ambiguous is
 * refused; nothing is repaired.
 */
export const parseRequestHead = (
  buffer: Buffer,
  start: number,
  end: number,
  limits: MessageLimits,
): RequestHead | undefined => {
  let position = start
  // One empty line before a request is tolerated (RFC 9112 §2.2).
  if (buffer[position] === 13) {
    if (position + 1 >= end) return more()
    if (buffer[position + 1] !== 10) return refuse(headRefusals.lineEnd)
    position += 2
    if (position >= end) return more()
    if (buffer[position] === 13) return refuse(headRefusals.emptyLines)
  }
  const lineStart = position
  let byte = buffer[position] as number
  while (tokenBytes[byte] === 1) {
    if (position - lineStart > maxMethod) return refuse(headRefusals.unknownMethod)
    if (++position >= end) return more()
    byte = buffer[position] as number
  }
  if (byte !== 32 || position === lineStart)
    return refuse(byte === 10 || byte === 13 ? headRefusals.requestLine : headRefusals.method)
  const methodEnd = position++
  const targetStart = position
  if (position >= end) return more()
  byte = buffer[position] as number
  let queryAt = 0
  while (targetBytes[byte] === 1) {
    if (byte === 63 && queryAt === 0) queryAt = position
    if (++position >= end) return position - targetStart > limits.uri ? refuse(headRefusals.targetLength) : more()
    byte = buffer[position] as number
  }
  if (byte !== 32) return refuse(byte === 10 || byte === 13 ? headRefusals.requestLine : headRefusals.target)
  const targetEnd = position
  if (targetEnd - targetStart > limits.uri) return refuse(headRefusals.targetLength)
  if (targetEnd === targetStart) return refuse(headRefusals.requestLine)
  // "HTTP/1.x" CR LF, ten bytes.
  position++
  const versionStart = position
  for (let i = 0; i < 5; i++) {
    if (position + i >= end) return more()
    if (buffer[position + i] !== 'HTTP/'.charCodeAt(i)) return refuse(headRefusals.version)
  }
  if (position + 10 > end) {
    for (let i = position + 5; i < end; i++) if (buffer[i] === 10) return refuse(headRefusals.version)
    return more()
  }
  const majorVersion = buffer[position + 5] as number
  const minorVersion = buffer[position + 7] as number
  if (buffer[position + 6] !== 46 || majorVersion < 48 || majorVersion > 57 || minorVersion < 48 || minorVersion > 57)
    return refuse(headRefusals.version)
  if (buffer[position + 8] !== 13 || buffer[position + 9] !== 10)
    return refuse(buffer[position + 8] === 10 ? headRefusals.lineEnd : headRefusals.version)
  if (majorVersion !== 49 || minorVersion > 49) return refuse(headRefusals.otherVersion)
  position = versionStart + 10

  const fieldsStart = position
  const after = scanFields(
    buffer,
    position,
    end,
    Math.min(limits.headers, maxMarkedFields),
    Math.min(8192 + 512, limits.headerSize),
  )
  if (after <= 0) {
    if (after === 0) return end - fieldsStart > limits.headerSize ? refuse(headRefusals.headSize) : more()
    if (after === scanFault.tooMany) return refuse(headRefusals.fieldCount)
    if (after === scanFault.fieldTooLarge) return refuse(headRefusals.headSize)
    if (after === scanFault.fold) return refuse(headRefusals.fold)
    return refuse(after === scanFault.lineEnd ? headRefusals.lineEnd : headRefusals.field)
  }
  if (after - fieldsStart > limits.headerSize) return refuse(headRefusals.headSize)
  if (scanned.underscores && limits.underscore === 'refuse') return refuse(headRefusals.underscore)

  const text = buffer.latin1Slice(lineStart, after)
  const head = new RequestHead()
  const old = minorVersion === 48
  if (old) head.protocol = 'HTTP/1.0'
  // Most requests are GET; the map is for the rest.
  const isGet =
    methodEnd - lineStart === 3 &&
    buffer[lineStart] === 71 &&
    buffer[lineStart + 1] === 69 &&
    buffer[lineStart + 2] === 84
  const method = isGet ? 'GET' : methods.get(text.slice(0, methodEnd - lineStart))
  if (method === undefined) {
    const name = text.slice(0, methodEnd - lineStart)
    return refuse(
      name === 'TRACE' || name === 'TRACK'
        ? headRefusals.traceMethod
        : name === 'CONNECT'
          ? headRefusals.connectMethod
          : headRefusals.unknownMethod,
    )
  }
  head.method = method

  let contentLength = -1
  let coding: string | undefined
  let hosts = 0
  let hostValue = ''
  let connection: string | undefined
  let upgrade: string | undefined
  const fields = head.fields
  fields.readFrom(text)
  for (let i = 0, mark = 0; i < scanned.count; i++, mark += 5) {
    const fieldId = marks[mark + 4] as number
    const kind = kinds[fieldId]
    if (kind === 2) continue
    const start = (marks[mark] as number) - lineStart
    const nameEnd = (marks[mark + 1] as number) - lineStart
    const valueStart = (marks[mark + 2] as number) - lineStart
    const valueEnd = (marks[mark + 3] as number) - lineStart
    if (kind === 0) {
      const name = fieldId === 0 ? text.slice(start, nameEnd).toLowerCase() : (fieldNames[fieldId] as string)
      if (fieldId === 0 && scanned.underscores && limits.underscore === 'drop' && name.includes('_')) continue
      fields.takeLine(fieldId, name, start, nameEnd, valueStart, valueEnd)
      continue
    }
    const value = text.slice(valueStart, valueEnd)
    switch (fieldId) {
      case id.host:
        hosts++
        hostValue = value
        break
      case id.contentLength:
        if (contentLength >= 0) return refuse(headRefusals.lengthTwice)
        contentLength = parseLength(value)
        if (contentLength < 0) return refuse(headRefusals.length)
        break
      case id.transferEncoding:
        coding = coding === undefined ? value : `${coding},${value}`
        break
      case id.connection:
        connection = connection === undefined ? value : `${connection},${value}`
        break
      case id.te:
        if (
          value
            .toLowerCase()
            .split(',')
            .some((part) => part.trim() === 'trailers')
        )
          head.acceptsTrailers = true
        break
      case id.upgrade:
        upgrade = upgrade === undefined ? value : `${upgrade},${value}`
        break
      default:
        if (value.toLowerCase() !== '100-continue' || head.expectContinue) return refuse(headRefusals.expectation)
        head.expectContinue = true
    }
  }

  // Target forms (RFC 9112 §3.2): origin, absolute for http(s), and `*` with OPTIONS.
  const targetOffset = targetStart - lineStart
  let target = text.slice(targetOffset, targetEnd - lineStart)
  let queryOffset = queryAt === 0 ? -1 : queryAt - targetStart
  if (target.charCodeAt(0) !== 47) {
    if (target === '*' && method === 'OPTIONS') {
      head.rawPath = '*'
    } else {
      const scheme = /^https?:\/\//i.exec(target)
      if (scheme === null) return refuse(headRefusals.targetForm)
      const rest = target.slice(scheme[0].length)
      const slash = rest.search(/[/?]/)
      const authority = slash < 0 ? rest : rest.slice(0, slash)
      if (hosts > 1) return refuse(headRefusals.hostTwice)
      if (hosts === 1 && hostOf(hostValue) === undefined) return refuse(headRefusals.host)
      if (hosts === 0 && !old) return refuse(headRefusals.hostMissing)
      hosts = 1
      hostValue = authority
      target = slash < 0 ? '/' : rest.charCodeAt(slash) === 47 ? rest.slice(slash) : `/${rest.slice(slash)}`
      queryOffset = target.indexOf('?')
    }
  }
  if (head.rawPath === '') {
    if (queryOffset < 0) head.rawPath = target
    else {
      head.rawPath = target.slice(0, queryOffset)
      head.query = target.slice(queryOffset + 1)
    }
  }
  if (hosts === 1) {
    const host = hostOf(hostValue)
    if (host === undefined) return refuse(headRefusals.host)
    head.host = host
    head.authority = hostValue
  } else if (hosts > 1) return refuse(headRefusals.hostTwice)
  else if (!old) return refuse(headRefusals.hostMissing)

  if (coding !== undefined) {
    if (contentLength >= 0) return refuse(headRefusals.lengthAndCoding)
    if (old) return refuse(headRefusals.codingInOld)
    const lower = coding.toLowerCase()
    if (lower !== 'chunked') {
      const parts = lower.split(',').map((part) => part.trim())
      const isKnownShape =
        parts.length > 1 &&
        parts[parts.length - 1] === 'chunked' &&
        parts.slice(0, -1).every((part) => /^[a-z0-9-]+$/.test(part) && part !== 'chunked')
      return refuse(isKnownShape ? headRefusals.unknownCoding : headRefusals.coding)
    }
    head.length = 'stream'
  } else if (contentLength > 0 || (contentLength === 0 && method !== 'GET' && method !== 'HEAD'))
    head.length = contentLength

  head.keepAlive = !old
  if (connection !== undefined) {
    const lower = connection.toLowerCase()
    if (lower === 'keep-alive') head.keepAlive = true
    else if (lower === 'close') head.keepAlive = false
    else if (!readConnection(head, lower, limits.tells)) return refuse(headRefusals.connection)
  }
  if (upgrade !== undefined) return readUpgrade(head, upgrade, connection, after)
  parsed.refusal = undefined
  parsed.end = after
  return head
}

/** Options of `Connection`: the fields it names are hop-by-hop and go, before the gateway adds its own (RFC 9110 §7.6.1). */
const readConnection = (head: RequestHead, lower: string, tells: ReadonlySet<string> | undefined): boolean => {
  const parts = lower.split(',')
  if (parts.length > maxOptions) return false
  for (const part of parts) {
    const option = part.trim()
    if (option === '') continue
    for (let i = 0; i < option.length; i++)
      if (tokenBytes[lowerBytes[option.charCodeAt(i)] as number] !== 1) return false
    if (option === 'close') head.keepAlive = false
    else if (option === 'keep-alive') {
      if (head.protocol === 'HTTP/1.0') head.keepAlive = true
    } else if (option !== 'upgrade' && option !== 'te' && tells?.has(option) !== true)
      head.fields.remove(option as Lowercase<string>)
  }
  if (/(^|,)\s*close\s*(,|$)/.test(lower)) head.keepAlive = false
  return true
}

const webSocketKeyForm = /^[A-Za-z0-9+/]{22}==$/

/** An upgrade to WebSocket must be whole; any other protocol is not passed on (RFC 6455 §4.1, RFC 9110 §7.8). */
const readUpgrade = (
  head: RequestHead,
  upgrade: string,
  connection: string | undefined,
  after: number,
): RequestHead | undefined => {
  const asked = upgrade
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
  if (asked.includes('websocket')) {
    if (head.length !== 'none') return refuse(headRefusals.upgradeBody)
    // A second one makes neither of them valid; one that Connection names is gone, and could not be passed on.
    const key = head.fields.getAll('sec-websocket-key')
    const version = head.fields.getAll('sec-websocket-version')
    const says = (connection ?? '')
      .toLowerCase()
      .split(',')
      .some((part) => part.trim() === 'upgrade')
    if (
      !says ||
      asked.length !== 1 ||
      head.method !== 'GET' ||
      head.protocol !== 'HTTP/1.1' ||
      key.length !== 1 ||
      !webSocketKeyForm.test(key[0] as string)
    )
      return refuse(headRefusals.upgradeForm)
    if (version.length !== 1 || version[0] !== '13') return refuse(headRefusals.upgradeVersion)
    head.upgrade = 'websocket'
  }
  parsed.refusal = undefined
  parsed.end = after
  return head
}
