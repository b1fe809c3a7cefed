/** Reads answers off one connection: enough HTTP/1.1 to know where each ends. Built for measuring, not for strictness. */
export interface AnswerReader {
  /** Takes bytes; calls `done` with the status after each whole answer. False: the bytes are no HTTP. */
  take(chunk: Buffer, done: (status: number, reusable: boolean) => void): boolean
  /** The peer closed: an answer that is delimited by the close is whole now. */
  close(done: (status: number, reusable: boolean) => void): void
}

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'trailer' | 'until-close'

/** Makes the reader of one connection. */
export const createAnswerReader = (): AnswerReader => {
  let state = 'head' as State
  let pending: Buffer = Buffer.alloc(0)
  let left = 0
  let status = 0
  let reusable = true

  const head = (text: string): boolean => {
    const match = /^HTTP\/1\.([01]) (\d{3})/.exec(text)
    if (match === null) return false
    status = Number(match[2])
    const connection = /\r\nconnection:\s*([^\r]*)/i.exec(text)?.[1]?.toLowerCase() ?? ''
    reusable = match[1] === '1' ? !connection.includes('close') : connection.includes('keep-alive')
    if (status < 200) return true
    const length = /\r\ncontent-length:\s*(\d+)/i.exec(text)?.[1]
    if (status === 204 || status === 304) state = 'length'
    else if (/\r\ntransfer-encoding:[^\r]*chunked/i.test(text)) state = 'chunk-size'
    else if (length === undefined) state = 'until-close'
    else state = 'length'
    left = state === 'length' && status !== 204 && status !== 304 ? Number(length) : 0
    return true
  }

  /** One step over the pending bytes: true when it moved on, false when more bytes are needed. */
  const step = (done: (status: number, reusable: boolean) => void): boolean | 'broken' => {
    if (state === 'head' || state === 'chunk-size' || state === 'trailer') {
      const mark = state === 'head' ? '\r\n\r\n' : '\r\n'
      const end = pending.indexOf(mark)
      if (end < 0) return false
      const text = pending.toString('latin1', 0, end)
      pending = pending.subarray(end + mark.length)
      if (state === 'head') {
        if (!head(text)) return 'broken'
        if ((state as State) === 'length' && left === 0) finish(done)
      } else if (state === 'chunk-size') {
        const size = Number.parseInt(text, 16)
        if (Number.isNaN(size)) return 'broken'
        left = size + 2
        state = size === 0 ? 'trailer' : 'chunk'
      } else if (text === '') finish(done)
      return true
    }
    if (pending.length === 0) return false
    const used = state === 'until-close' ? pending.length : Math.min(left, pending.length)
    pending = pending.subarray(used)
    if (state === 'until-close') return false
    left -= used
    if (left > 0) return false
    if (state === 'chunk') state = 'chunk-size'
    else finish(done)
    return true
  }

  const finish = (done: (status: number, reusable: boolean) => void): void => {
    state = 'head'
    done(status, reusable)
  }

  return {
    take(chunk, done) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      for (;;) {
        const moved = step(done)
        if (moved === 'broken') return false
        if (!moved) return true
      }
    },
    close(done) {
      if (state === 'until-close') {
        reusable = false
        finish(done)
      }
    },
  }
}
