import { fieldNames, idOf } from '../lib/field-names.ts'
import { Fields } from '../lib/fields.ts'
import { valueBytes } from '../lib/bytes.ts'
import { marks, scanFault, scanFields, scanned } from './field-scanner.ts'
import { parseLength } from './request-head.ts'

/** A parsed response head; framing and connection fields are properties, never in `fields`. */
export class ResponseHead {
  status = 0
  readonly fields: Fields = new Fields()
  /** Framing: a length, chunked, to the end of the connection, or no body. */
  body: number | 'stream' | 'close' | 'none' = 'none'
  /** Length as the head announces it, for answers that have no body of their own (HEAD, 304). */
  announced: number | 'stream' | 'none' = 'none'
  keepAlive = true
  /** Seconds of `Keep-Alive: timeout=`, 0 when unsaid. */
  keepAliveHint = 0
  upgrade = ''
}

export type ResponseFault = 'malformed' | 'too-large'
/** Result of the last parse beside the head: position after it, or why there is none. */
export const parsedResponse: { end: number; fault: ResponseFault | undefined } = { end: 0, fault: undefined }

/** Limits on the heads of services' answers (row 1.40). */
const headLimit = 32768
const fieldLimit = 16384
const fieldCountLimit = 128

const id = {
  connection: idOf('connection'),
  contentLength: idOf('content-length'),
  transferEncoding: idOf('transfer-encoding'),
  keepAlive: idOf('keep-alive'),
  proxyConnection: idOf('proxy-connection'),
  upgrade: idOf('upgrade'),
  te: idOf('te'),
  http2Settings: idOf('http2-settings'),
}
const kinds = new Uint8Array(fieldNames.length)
for (const own of Object.values(id)) kinds[own] = 1

const upgradeOption = /(?:^|,)\s*upgrade\s*(?:,|$)/

const fail = (fault: ResponseFault): undefined => {
  parsedResponse.end = 0
  parsedResponse.fault = fault
  return undefined
}
const more = (): undefined => {
  parsedResponse.end = 0
  parsedResponse.fault = undefined
  return undefined
}

/**
 * Parses one response head (RFC 9112 §4, §5, §6.3). Gives it and sets `parsedResponse.end`; undefined with a fault, or
 * without one when more bytes are wanted.
 * @param isHead the request was HEAD, so no body follows whatever the head says
 */
export const parseResponseHead = (
  buffer: Buffer,
  start: number,
  end: number,
  isHead: boolean,
): ResponseHead | undefined => {
  if (end - start < 12) {
    const prefix = 'HTTP/1.'
    for (let i = 0; i < Math.min(end - start, prefix.length); i++)
      if (buffer[start + i] !== prefix.charCodeAt(i)) return fail('malformed')
    return more()
  }
  // "HTTP/1.x NNN"
  if (
    buffer[start] !== 72 ||
    buffer[start + 1] !== 84 ||
    buffer[start + 2] !== 84 ||
    buffer[start + 3] !== 80 ||
    buffer[start + 4] !== 47
  )
    return fail('malformed')
  if (buffer[start + 5] !== 49 || buffer[start + 6] !== 46 || buffer[start + 8] !== 32) return fail('malformed')
  const minor = (buffer[start + 7] as number) - 48
  if (minor !== 0 && minor !== 1) return fail('malformed')
  let status = 0
  for (let i = 9; i < 12; i++) {
    const digit = (buffer[start + i] as number) - 48
    if (digit < 0 || digit > 9) return fail('malformed')
    status = status * 10 + digit
  }
  if (status < 100 || status > 599) return fail('malformed')
  let position = start + 12
  if (position < end && buffer[position] !== 13 && buffer[position] !== 32) return fail('malformed')
  while (position < end && valueBytes[buffer[position] as number] === 1) position++
  if (position + 1 >= end)
    return end - start > headLimit
      ? fail('too-large')
      : position < end && buffer[position] !== 13
        ? fail('malformed')
        : more()
  if (buffer[position] !== 13 || buffer[position + 1] !== 10) return fail('malformed')
  position += 2
  const after = scanFields(buffer, position, end, fieldCountLimit, fieldLimit)
  if (after <= 0) {
    if (after === 0) return end - start > headLimit ? fail('too-large') : more()
    return fail(after === scanFault.tooMany || after === scanFault.fieldTooLarge ? 'too-large' : 'malformed')
  }
  if (after - start > headLimit) return fail('too-large')

  // From the line break of the status line on.
  const from = position - 2
  const text = buffer.latin1Slice(from, after)
  const head = new ResponseHead()
  head.status = status
  let contentLength = -1
  let coding: string | undefined
  let connection: string | undefined
  const fields = head.fields
  fields.readFrom(text)
  for (let i = 0, mark = 0; i < scanned.count; i++, mark += 5) {
    const fieldId = marks[mark + 4] as number
    const start = (marks[mark] as number) - from
    const nameEnd = (marks[mark + 1] as number) - from
    const valueStart = (marks[mark + 2] as number) - from
    const valueEnd = (marks[mark + 3] as number) - from
    if (kinds[fieldId] === 0) {
      const name = fieldId === 0 ? text.slice(start, nameEnd).toLowerCase() : (fieldNames[fieldId] as string)
      fields.takeLine(fieldId, name, start, nameEnd, valueStart, valueEnd)
      continue
    }
    const value = text.slice(valueStart, valueEnd)
    if (fieldId === id.contentLength) {
      if (contentLength >= 0) return fail('malformed')
      contentLength = parseLength(value)
      if (contentLength < 0) return fail('malformed')
    } else if (fieldId === id.transferEncoding) coding = coding === undefined ? value : `${coding},${value}`
    else if (fieldId === id.connection) connection = connection === undefined ? value : `${connection},${value}`
    else if (fieldId === id.keepAlive) {
      const hint = /timeout=(\d{1,6})/i.exec(value)
      if (hint !== null) head.keepAliveHint = Number(hint[1])
    } else if (fieldId === id.upgrade) head.upgrade = value.toLowerCase()
  }
  head.keepAlive = minor === 1
  if (connection !== undefined && connection !== 'keep-alive') connection = connection.toLowerCase()
  if (connection !== undefined && (connection !== 'keep-alive' || minor === 0))
    readConnection(head, connection, minor === 1)
  // Without its connection option an Upgrade field switches nothing (RFC 9110 §7.8).
  if (head.upgrade !== '' && (connection === undefined || !upgradeOption.test(connection))) head.upgrade = ''
  if (coding !== undefined) {
    if (contentLength >= 0 || minor === 0 || coding.toLowerCase() !== 'chunked') return fail('malformed')
    head.announced = 'stream'
  } else if (contentLength >= 0) head.announced = contentLength
  // Some readers would take a body from it.
  if (status < 200 && (coding !== undefined || contentLength > 0)) return fail('malformed')
  if (status < 200 || status === 204 || status === 304 || isHead) {
    head.body = 'none'
    // A 204 that announces a body contradicts itself; whatever follows it is not an answer.
    if (status === 204 && (contentLength > 0 || coding !== undefined)) head.keepAlive = false
  } else if (coding !== undefined) head.body = 'stream'
  else if (contentLength >= 0) head.body = contentLength
  else {
    head.body = 'close'
    head.keepAlive = false
  }
  parsedResponse.end = after
  parsedResponse.fault = undefined
  return head
}

const readConnection = (head: ResponseHead, value: string, isNew: boolean): void => {
  for (const part of value.split(',')) {
    const option = part.trim()
    if (option === 'close') head.keepAlive = false
    else if (option === 'keep-alive') head.keepAlive ||= !isNew
    else if (option !== '' && option !== 'upgrade') {
      // What is no token names no field.
      head.fields.remove(option as Lowercase<string>)
    }
  }
  if (/(^|,)\s*close\s*(,|$)/.test(value)) head.keepAlive = false
}
