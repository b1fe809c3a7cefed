/** Largest block that small chunks are gathered in. */
const largestBlock = 16_384
const firstBlock = 1024
const empty = new Uint8Array(0)

/**
 * Copies of lent chunks, in order. Small ones share blocks, so that a body in chunks of one byte takes about as much
 * memory as it has bytes, and not a hundred times that.
 */
export class ChunkList {
  /** Bytes held. */
  size = 0
  private readonly done: Uint8Array[] = []
  /** The block that has room left, how many of its bytes are used, and the size of the latest one. */
  private block: Uint8Array = empty
  private used = 0
  private latest = 0

  /** Copies a chunk behind what is held. */
  add(chunk: Uint8Array): void {
    const { length } = chunk
    if (length === 0) return
    const isFirst = this.size === 0
    this.size += length
    if (this.used + length <= this.block.length) {
      this.block.set(chunk, this.used)
      this.used += length
      return
    }
    this.seal()
    // A body of one chunk is the usual thing and takes no more than it needs.
    if (isFirst || length >= largestBlock) {
      this.done.push(Buffer.from(chunk))
      return
    }
    const next = Math.min(largestBlock, Math.max(firstBlock, this.latest * 2, length * 2))
    this.latest = next
    this.block = Buffer.allocUnsafeSlow(next)
    this.block.set(chunk, 0)
    this.used = length
  }

  /** Leaves the block as it is: its bytes are a piece now. */
  private seal(): void {
    if (this.used > 0) this.done.push(this.block.subarray(0, this.used))
    this.block = empty
    this.used = 0
  }

  /** What is held, in pieces, to be read at once; their bytes stay as they are. */
  pieces(): readonly Uint8Array[] {
    return this.used === 0 ? this.done : [...this.done, this.block.subarray(0, this.used)]
  }
  /** What is held, as one. */
  joined(): Uint8Array {
    const pieces = this.pieces()
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
  }
  /** Another list with the same bytes; the pieces are shared, what is added to either is not. */
  copy(): ChunkList {
    const other = new ChunkList()
    for (const piece of this.pieces()) other.done.push(piece)
    other.size = this.size
    return other
  }
}
