import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const root: string = fileURLToPath(new URL('../', import.meta.url))

const walk = (): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
    .split('\0')
    .filter((path) => path !== '' && exists(path))

const exists = (path: string): boolean => {
  try {
    return statSync(join(root, path)).isFile()
  } catch {
    return false
  }
}

let listed: readonly string[] | undefined

/** Every file of the repository that git knows or would add, relative, sorted. */
export const files = (pattern: RegExp = /./): string[] => {
  listed ??= [...new Set(walk())].sort()
  return listed.filter((path) => pattern.test(path))
}

const texts = new Map<string, string>()

/** Text of a file of the repository. */
export const textOf = (path: string): string => {
  let text = texts.get(path)
  if (text === undefined) {
    text = readFileSync(join(root, path), 'utf8')
    texts.set(path, text)
  }
  return text
}

/** TypeScript of ours. */
export const sourceFiles = (): string[] => files(/^(?:src|scripts|bench|e2e|examples|templates)\/.*\.ts$/)
