import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '../errors.ts'

/** Largest body of an admin request in bytes. */
export const bodyLimit: number = 10 << 20
/** A body over the limit is still read away up to here, so that its sender gets to see the answer. */
const patience = 4 * bodyLimit

/** Reads a body as UTF-8 text, or says why it is refused. */
export const readBody = async (
  request: IncomingMessage,
): Promise<{ readonly text: string } | { readonly code: ErrorCode; readonly detail: string }> => {
  let chunks: Buffer[] = []
  let size = 0
  if (Number(request.headers['content-length'] ?? 0) <= patience) {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size <= bodyLimit) chunks.push(chunk)
      else chunks = []
      if (size > patience) break
    }
  } else size = patience
  if (size > bodyLimit) return { code: 'GW4131', detail: `The body is over ${bodyLimit} bytes.` }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) }
  } catch {
    return { code: 'GW4007', detail: 'The body is not UTF-8.' }
  }
}
