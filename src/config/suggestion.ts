/** Optimal string alignment distance, cut off beyond `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      next.push(best)
    }
    before = row
    row = next
  }
  return row[b.length] ?? limit + 1
}

const folded = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '')

/** The choice a word was probably meant to be: same letters in another spelling, or few edits away. */
export const nearest = (word: string, choices: Iterable<string>): string | undefined => {
  const plain = folded(word)
  let best: string | undefined
  let bestScore = Number.POSITIVE_INFINITY
  for (const choice of choices) {
    if (choice === word) continue
    const other = folded(choice)
    const limit = Math.max(1, Math.floor(Math.max(plain.length, 1) / 3))
    const found = plain === other ? 0 : distance(plain, other, limit)
    if (found > limit || (found >= other.length && found > 0)) continue
    const score = found - commonPrefix(plain, other) / 100
    if (score < bestScore) {
      best = choice
      bestScore = score
    }
  }
  return best
}

const commonPrefix = (a: string, b: string): number => {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}
