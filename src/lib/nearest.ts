import { editDistance } from './distance.ts'

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
    const found = plain === other ? 0 : editDistance(plain, other, limit)
    if (found > limit || (found >= other.length && found > 0)) continue
    const score = found - sharedPrefix(plain, other) / 100
    if (score < bestScore) {
      best = choice
      bestScore = score
    }
  }
  return best
}

const sharedPrefix = (a: string, b: string): number => {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}
