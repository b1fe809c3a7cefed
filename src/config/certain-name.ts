import { certain } from '../lib/certain.ts'

const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]+/)

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
  const differs = (word: string, index: number): boolean => word !== meant[index]
  return words.every((word, index) => !differs(word, index) || /^[a-z]{4,}$/.test(word)) &&
    meant.every((word, index) => !differs(words[index] ?? '', index) || /^[a-z]{4,}$/.test(word))
    ? best
    : undefined
}
