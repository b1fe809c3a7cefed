import { basename } from 'node:path'
import { bareCode } from '../bare-code.ts'
import { files, textOf } from '../tree.ts'
import type { Check } from './check.ts'

const instead: Readonly<Record<string, string>> = {
  downstream: 'client side',
  middleware: 'policy',
  middlewares: 'policies',
  ctx: 'exchange',
  backend: 'service',
  backends: 'services',
  cluster: 'service',
  util: 'the name of what it does',
  utils: 'the name of what it does',
  helper: 'the name of what it does',
  helpers: 'the name of what it does',
  manager: 'the name of what it does',
  common: 'the name of what it does',
  misc: 'the name of what it does',
}

/** `theHTTPBackend_x` → the, http, backend, x */
const partsOf = (identifier: string): string[] =>
  identifier
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_$-]+/)

const bad = (identifier: string): string | undefined => partsOf(identifier).find((part) => Object.hasOwn(instead, part))

/** The words that people bring from other gateways, which the diagnostics translate. */
const aliases = 'src/config/words.ts'

/** Identifiers and file names keep to the glossary of ARCHITECTURE.md. */
export const words: Check = {
  run: () =>
    files(/^src\/.*\.ts$/).flatMap((path) => {
      if (path === aliases || path.endsWith('.test.ts')) return []
      const problems: string[] = []
      const name = bad(basename(path, '.ts').replace('.', '-'))
      if (name !== undefined) problems.push(`${path}: file name has "${name}"; the word is "${instead[name]}"`)
      bareCode(textOf(path))
        .split('\n')
        .forEach((line, index) => {
          for (const [identifier] of line.matchAll(/[A-Za-z_$][\w$]*/g)) {
            const word = bad(identifier)
            if (word !== undefined) problems.push(`${path}:${index + 1}: ${identifier}: the word is "${instead[word]}"`)
          }
        })
      return problems
    }),
}
