import { randomBytes, randomFillSync } from 'node:crypto'

const poolSize = 24 * 128
/** Makes request ids: unique per process start, short, sortable within a worker. */
export const createRequestIds = (): (() => string) => {
  const start = `req_${randomBytes(5).toString('hex')}`
  let counter = 0
  return () => start + (++counter).toString(36).padStart(6, '0')
}

/** Makes the random digits of trace and span ids, many at a time: one call into the random source for 128 requests. */
export const createTraceIds = (): (() => string) => {
  const pool = Buffer.allocUnsafeSlow(poolSize)
  let used = poolSize
  return () => {
    if (used === poolSize) {
      randomFillSync(pool)
      used = 0
    }
    used += 24
    return pool.toString('hex', used - 24, used)
  }
}
