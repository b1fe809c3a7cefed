import { randomBytes, randomFillSync } from 'node:crypto'

const digits = '0123456789abcdefghijklmnopqrstuvwxyz'
const pairs: readonly string[] = Array.from(
  { length: 1296 },
  (_, i) => `${digits[Math.floor(i / 36)]}${digits[i % 36]}`,
)

/**
 * Makes request ids: `req_`, ten random digits of this start, six that count. Unique per start and sortable within a
 * worker. The text before the last two digits is made once in 1,296 ids.
 */
export const createRequestIds = (): (() => string) => {
  const start = `req_${randomBytes(5).toString('hex')}`
  let high = -1
  let low = pairs.length - 1
  let prefix = ''
  return () => {
    if (++low === pairs.length) {
      low = 0
      prefix = start + (++high).toString(36).padStart(4, '0')
    }
    return prefix + (pairs[low] as string)
  }
}

const width = 24
const count = 128
/** Makes the random digits of trace and span ids, 128 at a time: one call for the bytes and one for their text. */
export const createTraceIds = (): (() => string) => {
  const bytes = Buffer.allocUnsafeSlow(width * count)
  let text = ''
  let used = count
  return () => {
    if (used === count) {
      randomFillSync(bytes)
      text = bytes.toString('hex')
      used = 0
    }
    const at = used++ * width * 2
    return text.slice(at, at + width * 2)
  }
}
