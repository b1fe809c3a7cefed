import { globSync } from 'node:fs'

/** Files and folders that one pattern may look at. */
const mostVisited = 20_000

class TooMany extends Error {}

/**
 * Files that a pattern means, as it names them; undefined when it would look at more than 20,000 files and folders.
 * One that names its folder (`teams/*.yaml`) never does, however many files are there.
 */
export const globFiles = (pattern: string, folder: string): string[] | undefined => {
  let count = 0
  const exclude = (): boolean => {
    if (++count > mostVisited) throw new TooMany()
    return false
  }
  try {
    return globSync(pattern, { cwd: folder, exclude })
  } catch (error) {
    if (error instanceof TooMany) return undefined
    throw error
  }
}
