const headEnd = Buffer.from('\r\n\r\n')
const newline = 10

/**
 * Reads answers off one connection, one after another: content-length, chunked (as proxies write it: without trailers),
 * 204 and 304. Anything else is a fault. Keeps no body; the chunk given may be reused by its owner afterwards.
 */
export class AnswerReader {
  /** Status of the answer being read, or of the last one. */
  status = 0
  /** Bytes of body of that answer so far. */
  bytes = 0
  /** Why the connection cannot be read on; undefined while all is well. */
  fault: string | undefined
  #state: 'head' | 'body' | 'size' | 'chunk' = 'head'
  #missing = 0
  #lastChunk = false
  #rest = ''

  /** Takes what has arrived; returns how many answers were completed by it. */
  push(chunk: Buffer): number {
    let done = 0
    let at = 0
    while (at < chunk.length && this.fault === undefined) {
      if (this.#state === 'head') {
        // A head in pieces is rare, so it may cost a copy.
        const seen = this.#rest.length
        const end = seen === 0 ? chunk.indexOf(headEnd, at) : -1
        if (end < 0) {
          this.#rest += chunk.latin1Slice(at)
          const found = this.#rest.indexOf('\r\n\r\n')
          if (found < 0) return done
          at += found + 4 - seen
          done += this.#begin(this.#rest.slice(0, found))
          this.#rest = ''
        } else {
          done += this.#begin(chunk.latin1Slice(at, end))
          at = end + 4
        }
      } else if (this.#state === 'size') {
        const end = chunk.indexOf(newline, at)
        this.#rest += chunk.latin1Slice(at, end < 0 ? chunk.length : end)
        if (end < 0) return done
        at = end + 1
        this.#beginChunk()
      } else {
        const taken = Math.min(this.#missing, chunk.length - at)
        at += taken
        this.#missing -= taken
        if (this.#state === 'body') this.bytes += taken
        if (this.#missing > 0) return done
        if (this.#state === 'chunk' && !this.#lastChunk) this.#state = 'size'
        else {
          this.#state = 'head'
          done++
        }
      }
    }
    return done
  }

  #begin(head: string): number {
    this.status = Number(/^HTTP\/1\.1 (\d{3})(?: |\r|$)/.exec(head)?.[1] ?? 0)
    this.bytes = 0
    if (this.status === 0) this.fault = 'not HTTP/1.1'
    if (this.status < 200) return 0
    if (this.status === 204 || this.status === 304) return 1
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length !== undefined) {
      this.#missing = Number(length)
      if (this.#missing === 0) return 1
      this.#state = 'body'
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#state = 'size'
    else this.fault = 'answer without a length'
    return 0
  }

  #beginChunk(): void {
    const size = /^([0-9a-f]+)(?:[ \t;][^\r]*)?\r$/i.exec(this.#rest)?.[1]
    this.#rest = ''
    if (size === undefined) {
      this.fault = 'bad chunk size'
      return
    }
    const length = parseInt(size, 16)
    this.bytes += length
    this.#lastChunk = length === 0
    this.#missing = length + 2
    this.#state = 'chunk'
  }
}
