import { certain } from '../lib/certain.ts'
import { nearest } from '../lib/nearest.ts'

const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]+/)

const isLongWord = (word: string): boolean => /^[a-z]{4,}$/.test(word)

/** Words that a YAML reader takes for something else. */
const special = /^(?:true|false|null)$/i

/**
 * The declared name that a reference can only have meant. Names are free, unlike keys, so less is certain: `users-b` is
 * no misspelled `users-a` and `orders2` no misspelled `orders1`. Only longer words of letters count as misspelled.
 */
export const certainName = (written: string, names: Iterable<string>): string | undefined => {
  const best = certain(written, names)
  if (best === undefined || special.test(best)) return undefined
  const meant = wordsOf(best)
  const words = wordsOf(written)
  if (words.length !== meant.length) return words.join('') === meant.join('') ? best : undefined
  // Each word by itself: `west` is no misspelled `east`, however long the rest of the name is.
  const isMeant = (word: string, index: number): boolean => {
    const other = meant[index] as string
    return word === other || (isLongWord(word) && isLongWord(other) && nearest(word, [other]) !== undefined)
  }
  return words.every(isMeant) ? best : undefined
}
