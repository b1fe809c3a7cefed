import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package: the same from `src/cli` and from `dist/cli`. */
export const packageRoot: string = fileURLToPath(new URL('../../', import.meta.url))

/** Paths of files below a folder, relative to it, `/` between segments, sorted; empty when there is no such folder. */
export const filesBelow = (folder: string): string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => name.replaceAll('\\', '/'))
      .sort()
  } catch {
    return []
  }
}

/** Text of a file of this package. */
export const readPackageFile = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
