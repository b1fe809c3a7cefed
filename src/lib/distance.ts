/**
 * Damerau–Levenshtein distance in its optimal string alignment form: insertions, deletions, substitutions and swaps of
 * neighbours. Anything beyond `limit` is returned as `limit + 1`.
 */
export const editDistance = (a: string, b: string, limit: number = Number.POSITIVE_INFINITY): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let smallest = i
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] as number) + 1)
      }
      row.push(best)
      smallest = Math.min(smallest, best)
    }
    // A swap reaches back two rows, so one bad row alone proves nothing.
    if (smallest > limit && Math.min(...last) > limit) return limit + 1
    beforeLast = last
    last = row
  }
  return Math.min(last[b.length] as number, limit + 1)
}
