import { dirname, join, normalize } from 'node:path'
import { textOf } from './tree.ts'

/** One import of a file. `target` is a path of the repository for relative ones, else the specifier. */
export interface Import {
  readonly target: string
  readonly relative: boolean
  readonly typeOnly: boolean
  readonly dynamic: boolean
  readonly line: number
}

const statement = /^[ \t]*(import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm
const dynamic = /\bimport\(\s*'([^']+)'/g

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** The imports and re-exports of a TypeScript file, dynamic ones with literal names too. */
export const importsOf = (path: string): Import[] => {
  const text = textOf(path)
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean, isDynamic: boolean, offset: number): void => {
    const relative = specifier.startsWith('.')
    found.push({
      target: relative ? normalize(join(dirname(path), specifier)) : specifier,
      relative,
      typeOnly,
      dynamic: isDynamic,
      line: lineAt(text, offset),
    })
  }
  for (const match of text.matchAll(statement)) {
    // `export const x = 'text'` is no import: it has no from.
    if (match[1] === 'export' && !/\sfrom\s+'/.test(match[0])) continue
    if (/^\s*(?:import|export)\s*\(/.test(match[0])) continue
    const allTypes =
      match[2] !== undefined ||
      (/\{\s*type\s[^}]*\}\s*from/.test(match[0]) && !/\{[^}]*,\s*(?!type\s)\w|\{\s*(?!type\s)\w/.test(match[0]))
    add(match[3] as string, allTypes, false, match.index)
  }
  for (const match of text.matchAll(dynamic)) add(match[1] as string, false, true, match.index)
  return found
}
