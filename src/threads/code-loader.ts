import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { CodeRef } from '../contract/snapshot.ts'

/** Imports the operator's code. One per thread. */
export interface CodeLoader {
  /**
   * The export that `ref` names, as the files were when `generation` was first asked for. Its whole graph of files is
   * imported anew in each generation, packages of node_modules never. Rejects when the file or the export is missing.
   */
  importCode(ref: CodeRef, generation: number): Promise<unknown>
  /** Absolute paths of the operator's files imported so far, packages not among them. */
  readonly files: ReadonlySet<string>
  /** The operator's file that an error comes from, `file:line`, if its stack names one. */
  blame(error: unknown): string | undefined
}

const generationOf = /[?&]generation=(\d+)/

/** The value of `export`, or with a JSON pointer after `#` a value inside it. */
const exportOf = (module: Readonly<Record<string, unknown>>, { file, export: name }: CodeRef): unknown => {
  const [own = '', pointer = ''] = name.split('#', 2)
  if (!Object.hasOwn(module, own)) throw new Error(`${file} has no export ${own}`)
  let value = module[own]
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      throw new Error(`${file} has nothing at ${pointer}`)
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}

/**
 * The format of a file that is written as a module, although the package.json above it says "commonjs", as the one that
 * `npm init` writes does: what the text says counts.
 */
const writtenAs = (path: string, format: string | null | undefined): 'module' | 'module-typescript' | undefined => {
  if (format?.startsWith('commonjs') !== true || !/\.[jt]s$/.test(path)) return undefined
  if (!/^(?:import[\s{*'"]|export[\s{*])/m.test(readFileSync(path, 'utf8'))) return undefined
  return path.endsWith('.ts') ? 'module-typescript' : 'module'
}

/**
 * Hooks the thread's module loader: `gwanmun` is the running gateway (`index` and its `/testing` sibling), and a file
 * imported by a file of a generation belongs to that generation. `root` is the folder of the gateway's own code.
 */
export function createCodeLoader(root: URL, extension: '.ts' | '.js'): CodeLoader {
  const files = new Set<string>()
  const require = createRequire(import.meta.url)
  const forgotten = new Set<string>()
  let latest = 0
  const isUsers = (url: string): boolean =>
    url.startsWith('file:') && !url.includes('/node_modules/') && !url.startsWith(root.href)

  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === 'gwanmun' || specifier === 'gwanmun/testing') {
        const name = specifier === 'gwanmun' ? 'index' : 'testing'
        return { url: new URL(`${name}${extension}`, root).href, shortCircuit: true }
      }
      const resolved = next(specifier, context)
      if (!isUsers(resolved.url)) return resolved
      const url = new URL(resolved.url)
      const path = fileURLToPath(url)
      files.add(path)
      const module = context.conditions.includes('import') ? writtenAs(path, resolved.format) : undefined
      const found = module === undefined ? resolved : { ...resolved, format: module }
      // Loaded here, before the ESM loader scans it for exports: what that scan leaves in the cache, a second load of
      // the same files takes for a circular import, and hands out empty exports.
      if (forgotten.delete(path) && module === undefined && context.conditions.includes('import')) require(path)
      const generation = generationOf.exec(context.parentURL ?? '')?.[1]
      if (generation === undefined || url.searchParams.has('generation')) return found
      url.searchParams.set('generation', generation)
      return { ...found, url: url.href }
    },
  })

  /** CommonJS files are cached by path, not by URL, so a new generation forgets those of the operator. */
  const forget = (generation: number): void => {
    if (generation <= latest) return
    latest = generation
    for (const path of Object.keys(require.cache)) {
      if (!isUsers(pathToFileURL(path).href)) continue
      delete require.cache[path]
      forgotten.add(path)
    }
  }

  return {
    files,
    importCode: async (ref, generation) => {
      forget(generation)
      const url = pathToFileURL(ref.file)
      url.searchParams.set('generation', String(generation))
      const module = (await import(url.href)) as Record<string, unknown>
      return exportOf(module, ref)
    },
    blame: (error) => {
      const stack = error instanceof Error ? (error.stack ?? '') : ''
      // What cannot be parsed is named in the first line, before the message.
      for (const [, file = '', line] of stack.matchAll(/(?:^|[\s(])((?:file:\/\/)?\/[^\s()]+?)(:\d+)(?::\d+)?\)?$/gm)) {
        const url = file.startsWith('file:') ? file.replace(/\?.*$/, '') : pathToFileURL(file).href
        if (isUsers(url)) return `${fileURLToPath(url)}${line}`
      }
      return undefined
    },
  }
}
