/**
 * A map that forgets. It holds at most `limit` entries; what was not asked for since half as many others came goes
 * first, half a map at a time: dropping entries one by one would make each of a flood of keys dearer than the last.
 */
export class BoundedMap<Value> {
  private readonly half: number
  private recent = new Map<string, Value>()
  private older = new Map<string, Value>()

  constructor(limit: number) {
    this.half = limit >> 1
  }

  get(key: string): Value | undefined {
    const value = this.recent.get(key)
    if (value !== undefined) return value
    const old = this.older.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }
  set(key: string, value: Value): void {
    if (this.recent.size >= this.half && !this.recent.has(key)) {
      this.older = this.recent
      this.recent = new Map()
    } else this.older.delete(key)
    this.recent.set(key, value)
  }
  delete(key: string): void {
    this.recent.delete(key)
    this.older.delete(key)
  }
}
