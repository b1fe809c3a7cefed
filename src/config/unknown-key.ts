import { certain } from '../lib/certain.ts'
import { nearest } from '../lib/nearest.ts'
import { competitorWords } from './words.ts'

/** The key that was probably meant; `sure` when it is a misspelling, not another gateway's word. */
export interface KeySuggestion {
  readonly key: string
  readonly sure: boolean
  /** Nothing else can have been meant. */
  readonly certain: boolean
}

/** Suggests one of the keys that exist here for one that does not. */
export const suggestKey = (written: string, keys: readonly string[]): KeySuggestion | undefined => {
  const same = keys.find((key) => key.toLowerCase() === written.toLowerCase().replaceAll(/[-_]/g, ''))
  if (same !== undefined) return { key: same, sure: true, certain: true }
  const word = Object.hasOwn(competitorWords, written) ? competitorWords[written] : undefined
  const theirs = word?.find((candidate) => keys.includes(candidate))
  if (theirs !== undefined) return { key: theirs, sure: false, certain: false }
  const near = nearest(written, keys)
  return near === undefined ? undefined : { key: near, sure: true, certain: certain(written, keys) === near }
}
