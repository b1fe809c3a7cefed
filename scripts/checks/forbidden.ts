import { bareCode } from '../bare-code.ts'
import { files, sourceFiles, textOf } from '../tree.ts'
import type { Check } from './check.ts'

// A letter of each word stands in brackets, so that this file does not find itself.
const inText: readonly (readonly [RegExp, string])[] = [
  [/@ts-(?:ignor[e]|nochec[k]|expect-erro[r])/, 'types are never silenced'],
  [/\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b/, 'nothing is left for later'],
]
const inCode: readonly (readonly [RegExp, string])[] = [
  [/(?::|<|,|\bas|=>|\|)\s*any(?:\[\])*\s*(?:[,;)>\]=|&}]|$)/, 'no any'],
  [/\b(?:test|it|describe|suite)\.(?:skip|only|todo)\b/, 'no test is left out'],
  [/\b(?:skip|only|todo):\s*true\b/, 'no test is left out'],
  [/\bdebugger\b/, 'no debugger'],
]
const inAll: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[\s'"(`=:])\/(?:wor[k]|roo[t]|hom[e]\/[a-z]+|tm[p]\/[^/\s]+\/node_modules)\//, 'a path of one machine'],
]
const binary = /\.(?:png|jpg|gif|ico|gz|br|zst|woff2?|pem|der)$/

const scan = (path: string, text: string, rules: readonly (readonly [RegExp, string])[]): string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      rules
        .filter(([pattern]) => pattern.test(line))
        .map(([, reason]) => `${path}:${index + 1}: ${reason}: ${line.trim().slice(0, 80)}`),
    )

/** What may not stand in the repository. */
export const forbidden: Check = {
  run: () => [
    ...sourceFiles().flatMap((path) => [
      ...scan(path, textOf(path), inText),
      ...scan(path, bareCode(textOf(path)), inCode),
    ]),
    ...files()
      .filter((path) => !binary.test(path))
      .flatMap((path) => scan(path, textOf(path), inAll)),
  ],
}
