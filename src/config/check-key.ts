import type { KeyKind } from '../contract/schema.ts'
import { isName, isProblem, readScalar, type Written } from './scalar.ts'
import { keyPlaceOf, report, type Scope } from './scope.ts'
import { nearest } from '../lib/nearest.ts'
import type { Entry } from './tree.ts'

/** Checks a key of a map that the writer names; false after reporting what is wrong. */
export const checkKey = (scope: Scope, kind: KeyKind, entry: Entry, path: string): boolean => {
  const place = keyPlaceOf(entry)
  const text: Written = { value: entry.key, text: entry.key, shown: entry.key, lone: false }
  switch (kind) {
    case 'name':
    case 'ref': {
      if (entry.key.includes('${')) {
        report(scope, place, 'GW1111', '${…} is filled in values, not in keys', 'Write the name out.', path)
        return false
      }
      if (isName(entry.key)) return true
      report(scope, place, 'GW1111', `${JSON.stringify(entry.key)} is not a name`, nameHelp(entry.key), path)
      return false
    }
    case 'fieldName': {
      const read = readScalar({ kind: 'fieldName' }, text)
      if (!isProblem(read)) return true
      report(scope, place, 'GW1103', read.message, read.help, path)
      return false
    }
    case 'status': {
      const read = readScalar({ kind: 'statusRange' }, text)
      if (!isProblem(read)) return true
      report(scope, place, 'GW1103', read.message, read.help, path)
      return false
    }
    default:
      return true
  }
}

const nameHelp = (key: string): string => {
  if (/^(none|all|any)$/.test(key)) return `${key} is a word of the grammar; call it otherwise`
  const guess = key
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 64)
  return guess === '' || nearest(key, []) !== undefined
    ? 'a letter, then letters, digits, _ and -, at most 64'
    : `a letter, then letters, digits, _ and -, at most 64: ${guess}`
}
