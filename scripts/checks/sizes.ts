import { sourceFiles, textOf } from '../tree.ts'
import type { Check } from './check.ts'

const hardLimit = 400
const medianLimit = 100

/** No source file is longer than 400 lines, and half of those in src are at most 100. */
export const sizes: Check = {
  run() {
    const problems: string[] = []
    const lengths: number[] = []
    for (const path of sourceFiles()) {
      const lines = textOf(path).split('\n').length - 1
      if (path.startsWith('src/') && !path.endsWith('.test.ts')) lengths.push(lines)
      if (lines > hardLimit) problems.push(`${path}: ${lines} lines, ${hardLimit} are allowed`)
      const name = path.slice(path.lastIndexOf('/') + 1)
      // A policy's file is named like its key, which is camel case.
      const policy = /^src\/policies\/(\w+)\//.exec(path)?.[1]
      if (!/^[a-z0-9]+(?:[-.][a-z0-9]+)*\.ts$/.test(name) && !(policy !== undefined && name.startsWith(policy))) {
        problems.push(`${path}: file names are kebab-case`)
      }
    }
    const median = lengths.sort((a, b) => a - b)[lengths.length >> 1] ?? 0
    if (median > medianLimit) problems.push(`the median of src is ${median} lines, ${medianLimit} are allowed`)
    return problems
  },
}
