import { createHash } from 'node:crypto'
import type { FieldList } from '../contract/fields.ts'
import type { ExchangeState } from './state.ts'

/** Whether a 101 proves that the target read this handshake (RFC 6455 §4.2.2), and speaks what was offered. */
export const isAccepted = (exchange: ExchangeState, fields: FieldList): boolean => {
  const key = exchange.request.fields.get('sec-websocket-key')
  if (key === undefined) return false
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  if (fields.get('sec-websocket-accept') !== accept) return false
  const chosen = fields.get('sec-websocket-protocol')
  if (chosen === undefined) return true
  const offered = exchange.request.fields.get('sec-websocket-protocol') ?? ''
  return offered.split(',').some((part) => part.trim() === chosen)
}
