import { dirname, extname, relative, resolve } from 'node:path'
import type { Finding } from './finding.ts'
import { parseJson } from './json-tree.ts'
import { importConfig } from './code-tree.ts'
import type { Sources } from './source.ts'
import { parseYaml, type ParsedText } from './yaml-tree.ts'

/** A configuration file that was read. */
export interface ReadConfig {
  readonly source: number
  readonly format: 'yaml' | 'json' | 'code'
  /** The text of a YAML file, whose routes may be read one by one; undefined for all else. */
  readonly text: string | undefined
  /** Parses the whole; a tree that is undefined without findings is an empty file. */
  readonly parse: () => ParsedText
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
    text = sources.read(path)
  } catch (error) {
    const source = sources.add({ path, shown, folder: dirname(path), text })
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read'
    return fixed(source, 'yaml', {
      tree: undefined,
      findings: [fileFinding(source, 'GW1003', `the file ${shown} ${reason}`, 'Check the path and its permissions.')],
    })
  }
  const source = sources.add({ path, shown, folder: dirname(path), text })
  if (/\.[cm]?[tj]s$/.test(path)) return fixed(source, 'code', await importConfig(path, text, source, generation))
  return readText(text, source, extname(path) === '.json' ? 'json' : 'yaml')
}

const fixed = (source: number, format: ReadConfig['format'], parsed: ParsedText): ReadConfig => ({
  source,
  format,
  text: undefined,
  parse: () => parsed,
})

/** Takes text that is already at hand. */
export const readText = (text: string, source: number, format: 'yaml' | 'json'): ReadConfig => {
  const at = text.search(/[\uFFFD\0]/)
  if (at !== -1) {
    const finding = {
      ...fileFinding(source, 'GW1001', 'the file is not UTF-8 text', 'Save it as UTF-8.'),
      start: at,
      end: at + 1,
    }
    return fixed(source, format, { tree: undefined, findings: [finding] })
  }
  if (format === 'json') return { source, format, text: undefined, parse: () => parseJson(text, source) }
  return { source, format, text, parse: () => parseYaml(text, source) }
}

/** Registers a text that has no file. */
export const addText = (sources: Sources, text: string, shown: string, cwd: string): number =>
  sources.add({ path: resolve(cwd, shown), shown, folder: cwd, text })
