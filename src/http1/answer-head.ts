import type { FieldList } from '../contract/fields.ts'
import type { BodyLength } from '../contract/streams.ts'
import { idOf } from '../lib/field-names.ts'
import { statusLine } from './head-writer.ts'

const dateId = idOf('date')

/** What was decided with the head of an answer; one object, read at once. */
export const answerFraming: { chunked: boolean; bodiless: boolean; keepAlive: boolean } = {
  chunked: false,
  bodiless: false,
  keepAlive: true,
}

/**
 * The head of an answer, its framing chosen by what the request and the protocol allow (RFC 9112 §6.3). Sets
 * `answerFraming`.
 * @param dateLine line break and `Date` line, used when the answer has none
 */
export const answerHead = (
  status: number,
  fields: FieldList,
  length: BodyLength,
  isHead: boolean,
  isOld: boolean,
  keepAlive: boolean,
  dateLine: string,
): string => {
  let text = fields.writeTo(statusLine(status))
  if (!fields.hasId(dateId)) text += dateLine
  const framing = answerFraming
  framing.chunked = false
  framing.keepAlive = keepAlive
  if (length === 'tunnel') return `${text}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
  const bodiless = isHead || status === 204 || status === 304
  framing.bodiless = bodiless
  if (typeof length === 'number') {
    if (status !== 204) text += `\r\nContent-Length: ${length}`
  } else if (length === 'none') {
    if (!bodiless) text += '\r\nContent-Length: 0'
  } else if (!isOld) {
    if (status !== 204 && status !== 304) text += '\r\nTransfer-Encoding: chunked'
    framing.chunked = !bodiless
  } else if (!bodiless) framing.keepAlive = false
  if (!framing.keepAlive) text += '\r\nConnection: close'
  else if (isOld) text += '\r\nConnection: keep-alive'
  return `${text}\r\n\r\n`
}
