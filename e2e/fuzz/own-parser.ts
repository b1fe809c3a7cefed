import type { MessageLimits } from '../../src/contract/plan.ts'
import { BodyReader, bodyFault } from '../../src/http1/body-reader.ts'
import { parsed, parseRequestHead } from '../../src/http1/request-head.ts'
import { parsedResponse, parseResponseHead } from '../../src/http1/response-head.ts'
import type { FieldList } from '../../src/contract/fields.ts'

/** One message as the gateway's codec reads it. */
export interface OwnMessage {
  readonly method: string
  /** Path and query in origin form. */
  readonly target: string
  readonly status: number
  readonly fields: readonly string[]
  readonly framing: 'length' | 'chunked' | 'none' | 'close'
  body: string
  trailers: string[]
  complete: boolean
  readonly upgrade: boolean
}

export const limits: MessageLimits = {
  headerSize: 16384,
  headers: 100,
  uri: 8192,
  requestsPerConnection: 10000,
  connections: 0,
  connectionsPerIp: 0,
  underscore: 'refuse',
}

const flat = (fields: FieldList): string[] => {
  const list: string[] = []
  for (let i = 0; i < fields.length; i++) list.push(fields.nameAt(i), fields.valueAt(i))
  return list
}

/** Reads a body from `position`, in pieces cut at `cuts` (ascending), and tells where it ended. */
const readBody = (
  reader: BodyReader,
  message: OwnMessage,
  bytes: Buffer,
  from: number,
  cuts: readonly number[],
): { readonly end: number; readonly bad: boolean } => {
  const owner = {
    onBody: (chunk: Uint8Array): void => {
      message.body += Buffer.from(chunk).toString('latin1')
    },
    onTrailers: (fields: FieldList): void => {
      message.trailers = flat(fields)
    },
  }
  let position = from
  const ends = [...cuts.filter((cut) => cut > from), bytes.length]
  for (const end of ends) {
    if (reader.done || position >= end) continue
    // Each piece lies in a buffer of its own, as it does when it is read from a socket.
    const piece = Buffer.concat([bytes.subarray(position, end), Buffer.from('=;"0')])
    const length = end - position
    const took = reader.read(piece, 0, length, owner)
    if (reader.fault !== bodyFault.none) return { end: position, bad: true }
    position += took
    if (!reader.done && took < length) return { end: position, bad: true }
  }
  message.complete = reader.done || reader.untilClose
  return { end: position, bad: false }
}

/** Reads bytes as the gateway does; stops at the first refusal. */
export const readOwn = (
  bytes: Buffer,
  kind: 'request' | 'response',
  cuts: readonly number[] = [],
): { readonly messages: readonly OwnMessage[]; readonly refused: boolean } => {
  const messages: OwnMessage[] = []
  let position = 0
  while (position < bytes.length) {
    let message: OwnMessage
    let length: number | 'stream' | 'none' | 'close'
    let last: boolean
    if (kind === 'request') {
      const head = parseRequestHead(bytes, position, bytes.length, limits)
      if (head === undefined) return { messages, refused: parsed.refusal !== undefined }
      position = parsed.end
      length = head.length
      last = !head.keepAlive
      message = {
        method: head.method,
        target: head.rawPath + (head.query === '' ? '' : `?${head.query}`),
        status: 0,
        fields: flat(head.fields),
        framing: framingOf(length),
        body: '',
        trailers: [],
        complete: false,
        upgrade: head.upgrade !== '',
      }
    } else {
      const head = parseResponseHead(bytes, position, bytes.length, false)
      if (head === undefined) return { messages, refused: parsedResponse.fault !== undefined }
      position = parsedResponse.end
      length = head.body
      last = !head.keepAlive
      message = {
        method: '',
        target: '',
        status: head.status,
        fields: flat(head.fields),
        framing: framingOf(length),
        body: '',
        trailers: [],
        complete: false,
        upgrade: head.status === 101,
      }
    }
    messages.push(message)
    if (message.upgrade) {
      message.complete = true
      return { messages, refused: false }
    }
    const reader = new BodyReader()
    reader.start(length)
    if (reader.done) message.complete = true
    else {
      const { end, bad } = readBody(reader, message, bytes, position, cuts)
      if (bad) return { messages, refused: true }
      position = end
      if (!message.complete) return { messages, refused: false }
    }
    // The connection ends here, so what follows is nobody's message.
    if (last) return { messages, refused: false }
  }
  return { messages, refused: false }
}

const framingOf = (length: number | 'stream' | 'none' | 'close'): OwnMessage['framing'] =>
  typeof length === 'number' ? 'length' : length === 'stream' ? 'chunked' : length
