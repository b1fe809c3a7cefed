import { nearest } from './nearest.ts'

const folded = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '')

/** As `nearest`, but undefined when another choice is near as well: what a misspelled word can only have meant. */
export const certain = (word: string, choices: Iterable<string>): string | undefined => {
  const all = [...choices]
  const best = nearest(word, all)
  if (best === undefined) return undefined
  const second = nearest(
    word,
    all.filter((choice) => choice !== best),
  )
  if (second === undefined) return best
  return folded(best) === folded(word) && folded(second) !== folded(word) ? best : undefined
}
