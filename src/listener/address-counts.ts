/** How many connections each address holds. */
export class AddressCounts {
  private readonly counts = new Map<string, number>()

  /** One more; tells how many there are now. */
  add(address: string): number {
    const count = (this.counts.get(address) ?? 0) + 1
    this.counts.set(address, count)
    return count
  }
  /** One that was added is gone. */
  remove(address: string): void {
    const count = this.counts.get(address) ?? 0
    if (count > 1) this.counts.set(address, count - 1)
    else this.counts.delete(address)
  }
}
