import type { Reply } from '../contract/exchange.ts'
import { isToken } from '../lib/bytes.ts'
import { isFieldValue } from '../lib/field-value.ts'

/** Header lists that were found good: most replies share a constant one. */
const good = new WeakSet<readonly string[]>()

const areGoodHeaders = (headers: readonly string[]): boolean => {
  if (good.has(headers)) return true
  if (!Array.isArray(headers) || headers.length % 2 !== 0) return false
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [headers[i], headers[i + 1]]
    if (typeof name !== 'string' || !isToken(name) || typeof value !== 'string' || !isFieldValue(value)) return false
  }
  // What may still be changed is looked at each time.
  if (Object.isFrozen(headers)) good.add(headers)
  return true
}

/**
 * Whether a reply can stand on a wire as it is: a final status, and fields that are one line each. Code of operators
 * answers with what it likes, and a line break in a field would be another answer.
 */
export const isSendable = (reply: Reply): boolean => {
  try {
    return isWhole(reply)
  } catch {
    // A property that throws when it is read.
    return false
  }
}

/** Codes stand unquoted in problem documents and records. */
const codeForm = /^[\w.-]{1,64}$/

const isWhole = (reply: Reply): boolean => {
  // A hook without types may also answer with null.
  if (typeof reply !== 'object' || (reply as Reply | null) === null) return false
  const { status, headers, body, contentType, code } = reply
  return (
    Number.isInteger(status) &&
    status >= 200 &&
    status <= 599 &&
    (code === undefined || (typeof code === 'string' && codeForm.test(code))) &&
    (headers === undefined || areGoodHeaders(headers)) &&
    (contentType === undefined || (typeof contentType === 'string' && isFieldValue(contentType))) &&
    (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
  )
}

/** Whether a request line and its `Host` can stand on a wire: code of operators may have put anything there. */
export const isWritable = (method: string, target: string, host: string): boolean =>
  isToken(method) && target !== '' && isVisible(target) && isVisible(host)

const isVisible = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code >= 0x7f) return false
  }
  return true
}
