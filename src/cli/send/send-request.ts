import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ExplainRequest } from '../../contract/data-plane.ts'
import type { Answer } from './answer.ts'
import type { SendAddress } from './listener-address.ts'

/** How long is waited, ms. */
export interface Patience {
  /** For the head of the answer. */
  readonly head: number
  /** For a body that goes on, as event streams do; it is cut then. */
  readonly body: number
}

const usual: Patience = { head: 30_000, body: 10_000 }
const keptBytes = 64 * 1024

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'no such name',
  ENOENT: 'no such socket',
  EACCES: 'this user may not use the socket',
  ECONNRESET: 'the connection was closed without an answer',
  EPIPE: 'the connection was closed without an answer',
  EHOSTUNREACH: 'no way to the address',
  ENETUNREACH: 'no way to the address',
  ETIMEDOUT: 'no answer in time',
}

const reasonOf = (error: NodeJS.ErrnoException): string => reasons[error.code ?? ''] ?? error.message

const has = (pairs: readonly string[], names: readonly string[]): boolean =>
  pairs.some((name, index) => index % 2 === 0 && names.includes(name.toLowerCase()))

const bodyMethods = new Set(['POST', 'PUT', 'PATCH'])

/** The request as the explanation took it: target and fields as written, and only the fields that HTTP needs. */
const headOf = (request: ExplainRequest, address: SendAddress): { readonly path: string; readonly pairs: string[] } => {
  const absolute = /^[a-z]+:\/\/([^/?]*)/i.exec(request.url)
  const rest = absolute === null ? request.url : request.url.slice(absolute[0].length)
  const pairs = [...request.headers]
  if (!has(pairs, ['host'])) pairs.unshift('Host', absolute?.[1] ?? address.authority)
  const { body } = request
  const size = Buffer.byteLength(body ?? '')
  // Said also of no body, where one is usual: node:http would make it chunked.
  if ((size > 0 || bodyMethods.has(request.method)) && !has(pairs, ['content-length', 'transfer-encoding']))
    pairs.push('Content-Length', String(size))
  return { path: rest.startsWith('/') || rest === '*' ? rest : `/${rest}`, pairs }
}

/** Points in time of one exchange. */
class Clock {
  readonly begun = performance.now()
  looked = this.begun
  connected = this.begun
  answered = this.begun

  watch(socket: Socket): void {
    socket.once('lookup', () => (this.looked = performance.now()))
    socket.once('connect', () => (this.connected = performance.now()))
  }

  timings(): Answer['timings'] {
    const ended = performance.now()
    return {
      dns: this.looked - this.begun,
      connect: this.connected - this.looked,
      wait: this.answered - this.connected,
      body: ended - this.answered,
      total: ended - this.begun,
    }
  }
}

const readAnswer = (
  response: IncomingMessage,
  clock: Clock,
  patience: number,
  finish: (answer: Answer) => void,
): void => {
  const kept: Buffer[] = []
  let bytes = 0
  const end = (complete: boolean): void => {
    clearTimeout(timer)
    response.destroy()
    finish({
      status: response.statusCode ?? 0,
      reason: response.statusMessage ?? '',
      rawHeaders: response.rawHeaders,
      bytes,
      complete,
      start: Buffer.concat(kept).subarray(0, keptBytes),
      timings: clock.timings(),
    })
  }
  const timer = setTimeout(() => end(false), patience)
  response.on('data', (chunk: Buffer) => {
    if (bytes < keptBytes) kept.push(chunk)
    bytes += chunk.length
  })
  response.once('end', () => end(response.complete))
  response.once('error', () => end(false))
}

/**
 * Sends a request over a connection of its own and reads the answer. Rejects with an error whose message says why in
 * words when no head of an answer comes: refused, no such name, too late.
 */
export const sendRequest = (
  request: ExplainRequest,
  address: SendAddress,
  patience: Patience = usual,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { path, pairs } = headOf(request, address)
    const clock = new Clock()
    let sent: ClientRequest
    const fail = (reason: string): void => {
      clearTimeout(timer)
      sent.destroy()
      reject(new Error(reason))
    }
    const answered = (response: IncomingMessage): void => {
      clearTimeout(timer)
      clock.answered = performance.now()
      readAnswer(response, clock, patience.body, (answer) => {
        sent.destroy()
        resolve(answer)
      })
    }
    const timer = setTimeout(() => fail(`no answer within ${patience.head / 1000} s`), patience.head)
    try {
      sent = httpRequest({ ...address.to, method: request.method, path, headers: pairs, agent: false })
    } catch (error) {
      // Node refuses signs that no request may hold.
      clearTimeout(timer)
      reject(error instanceof Error ? error : new Error(String(error)))
      return
    }
    sent.once('socket', (socket) => clock.watch(socket))
    sent.once('response', answered)
    // The answer to an upgrade and to CONNECT has no body: what follows is another protocol.
    const switched = (response: IncomingMessage, socket: Socket): void => {
      socket.destroy()
      clearTimeout(timer)
      clock.answered = performance.now()
      const { statusCode = 0, statusMessage = '', rawHeaders } = response
      const nothing = new Uint8Array(0)
      const timings = clock.timings()
      resolve({
        status: statusCode,
        reason: statusMessage,
        rawHeaders,
        bytes: 0,
        complete: true,
        start: nothing,
        timings,
      })
    }
    sent.once('upgrade', switched)
    sent.once('connect', switched)
    sent.on('error', (error) => fail(reasonOf(error)))
    sent.end(request.body)
  })
