import { randomBytes, randomFillSync } from 'node:crypto'

const digits = '0123456789abcdefghijklmnopqrstuvwxyz'
const batch = 36 * 36

/**
 * Makes request ids: `req_`, ten random digits of this start, six that count. Unique per start and sortable within a
 * worker. 1,296 at a time as one text: a slice of it is copied in one piece wherever it is written.
 */
export const createRequestIds = (): (() => string) => {
  const start = `req_${randomBytes(5).toString('hex')}`
  const width = start.length + 6
  let text = ''
  let high = -1
  let used = batch
  return () => {
    if (used === batch) {
      const prefix = start + (++high).toString(36).padStart(4, '0')
      const all = Buffer.allocUnsafe(batch * width)
      for (let i = 0; i < batch; i++) {
        all.latin1Write(`${prefix}${digits[Math.floor(i / 36)]}${digits[i % 36]}`, i * width, width)
      }
      text = all.latin1Slice(0, all.length)
      used = 0
    }
    const at = used++ * width
    return text.slice(at, at + width)
  }
}

/** Length of a `traceparent` (W3C Trace Context §3.2.2): version, trace id, parent id, flags. */
const traceWidth = 55
const count = 128
const bytesEach = 24

/**
 * Makes values of `traceparent` with random ids, not sampled; 128 at a time: one call for the bytes, one text, of which
 * each value is a slice.
 */
export const createTraceIds = (): (() => string) => {
  const bytes = Buffer.allocUnsafeSlow(bytesEach * count)
  const all = Buffer.allocUnsafeSlow(traceWidth * count)
  let text = ''
  let used = count
  return () => {
    if (used === count) {
      randomFillSync(bytes)
      const hex = bytes.toString('hex')
      for (let i = 0; i < count; i++) {
        const from = i * bytesEach * 2
        all.latin1Write(
          `00-${hex.slice(from, from + 32)}-${hex.slice(from + 32, from + 48)}-00`,
          i * traceWidth,
          traceWidth,
        )
      }
      text = all.latin1Slice(0, all.length)
      used = 0
    }
    const at = used++ * traceWidth
    return text.slice(at, at + traceWidth)
  }
}
