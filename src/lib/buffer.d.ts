export {}
declare global {
  /** Methods of Node's Buffer that its type package leaves out: one call into C++ each, without encoding look-up. */
  interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> {
    latin1Slice(start?: number, end?: number): string
    latin1Write(text: string, offset?: number, length?: number): number
  }
}
