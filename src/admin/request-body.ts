import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '../errors.ts'

/** Largest configuration as the body of an admin request, in bytes. */
export const bodyLimit: number = 10 << 20
/** Largest of all other bodies, in bytes. */
export const shortBodyLimit: number = 64 << 10
/** Bytes of bodies that may be on their way at one time; one caller after the other gets that far. */
const totalLimit = 4 * bodyLimit
let held = 0

/** Reads a body of at most `limit` bytes as UTF-8 text, or says why it is refused. */
export const readBody = async (
  request: IncomingMessage,
  limit: number,
): Promise<{ readonly text: string } | { readonly code: ErrorCode; readonly detail: string }> => {
  // A body over the limit is still read away for a while, so that its sender gets to see the answer.
  const patience = 4 * limit
  let chunks: Buffer[] = []
  let size = 0
  let own = 0
  const release = (): void => {
    held -= own
    own = 0
    chunks = []
  }
  try {
    if (Number(request.headers['content-length'] ?? 0) <= patience) {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > limit) release()
        else {
          chunks.push(chunk)
          own += chunk.length
          held += chunk.length
          if (held > totalLimit) return { code: 'GW5033', detail: 'Too many bodies are on their way; try again.' }
        }
        if (size > patience) break
      }
    } else size = patience
    if (size > limit) return { code: 'GW4131', detail: `The body is over ${limit} bytes.` }
    return decoded(Buffer.concat(chunks))
  } finally {
    release()
  }
}

const decoded = (bytes: Buffer): { readonly text: string } | { readonly code: ErrorCode; readonly detail: string } => {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { code: 'GW4007', detail: 'The body is not UTF-8.' }
  }
}
