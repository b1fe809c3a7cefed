import { readFileSync } from 'node:fs'
import { dirname, extname, relative, resolve } from 'node:path'
import type { Finding } from './finding.ts'
import { parseJson } from './json-tree.ts'
import { importConfig } from './code-tree.ts'
import type { Sources } from './source.ts'
import type { Tree } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

/** A configuration file that was read. */
export interface ReadConfig {
  readonly source: number
  readonly tree: Tree | undefined
  readonly findings: readonly Finding[]
  readonly format: 'yaml' | 'json' | 'code'
}

/** How people see a path: relative to where they stand, if it lies below. */
export const shownPath = (path: string, cwd: string): string => {
  const near = relative(cwd, path)
  return near === '' || near.startsWith('..') ? path : near
}

const fileFinding = (source: number, code: Finding['code'], message: string, help: string): Finding => ({
  severity: 'error',
  source,
  start: -1,
  end: -1,
  code,
  message,
  help,
})

/** Reads a configuration from the disk, in the language that its name says. */
export const readConfig = async (
  sources: Sources,
  path: string,
  cwd: string,
  generation: number,
): Promise<ReadConfig> => {
  const shown = shownPath(path, cwd)
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const source = sources.add({ path, shown, folder: dirname(path), text })
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read'
    return {
      source,
      tree: undefined,
      findings: [fileFinding(source, 'GW1003', `the file ${shown} ${reason}`, 'Check the path and its permissions.')],
      format: 'yaml',
    }
  }
  const source = sources.add({ path, shown, folder: dirname(path), text })
  if (/\.[cm]?[tj]s$/.test(path))
    return { source, format: 'code', ...(await importConfig(path, text, source, generation)) }
  return readText(text, source, extname(path) === '.json' ? 'json' : 'yaml')
}

/** Parses text that is already at hand. */
export const readText = (text: string, source: number, format: 'yaml' | 'json'): ReadConfig => {
  const clean = text.includes('\uFFFD') || text.includes('\0') ? unreadable(text, source) : undefined
  if (clean !== undefined) return { source, tree: undefined, findings: [clean], format }
  return { source, format, ...(format === 'json' ? parseJson(text, source) : parseYaml(text, source)) }
}

const unreadable = (text: string, source: number): Finding | undefined => {
  const at = text.search(/[\uFFFD\0]/)
  return {
    severity: 'error',
    source,
    start: at,
    end: at + 1,
    code: 'GW1001',
    message: 'the file is not UTF-8 text',
    help: 'Save it as UTF-8.',
  }
}

/** Registers a text that has no file. */
export const addText = (sources: Sources, text: string, shown: string, cwd: string): number =>
  sources.add({ path: resolve(cwd, shown), shown, folder: cwd, text })
