/** Bytes that arrived and cannot be read yet, copied out of the lent buffer: a part of a head, or what stands behind a request in flight. */
export class Carry {
  private bytes: Buffer | undefined
  private start = 0
  private end = 0

  get isEmpty(): boolean {
    return this.bytes === undefined
  }
  get length(): number {
    return this.bytes === undefined ? 0 : this.end - this.start
  }

  /** Copies lent bytes behind what is there. */
  add(buffer: Buffer, start: number, end: number): void {
    const length = end - start
    const { bytes } = this
    if (bytes === undefined) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(1024, length * 2))
      buffer.copy(this.bytes, 0, start, end)
      this.start = 0
      this.end = length
    } else if (this.end + length <= bytes.length) {
      buffer.copy(bytes, this.end, start, end)
      this.end += length
    } else {
      const held = this.end - this.start
      const grown = Buffer.allocUnsafeSlow((held + length) * 2)
      bytes.copy(grown, 0, this.start, this.end)
      buffer.copy(grown, held, start, end)
      this.bytes = grown
      this.start = 0
      this.end = held + length
    }
  }

  /** Gives everything away; empty afterwards. */
  take(): Buffer | undefined {
    const { bytes } = this
    this.bytes = undefined
    return bytes?.subarray(this.start, this.end)
  }
}
