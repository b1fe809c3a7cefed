import type { LoadResult } from '../contract/threads.ts'
import { diagnosticsOf, type Finding } from './finding.ts'
import type { LoadOptions } from './load-options.ts'
import { Loader } from './loader.ts'
import { Sources } from './source.ts'

/**
 * Loads a configuration: reads and checks it with everything it includes, resolves its levels, and gives a snapshot or
 * every diagnostic at once. Never throws for what an operator wrote.
 */
export const loadConfig = async (options: LoadOptions): Promise<LoadResult> => {
  const sources = new Sources(undefined, options.edited)
  const loader = new Loader(options, sources)
  try {
    const loaded = await loader.load()
    const diagnostics = diagnosticsOf(loader.findings, sources)
    const failed = diagnostics.some((diagnostic) => diagnostic.severity === 'error')
    return { snapshot: failed ? undefined : loaded?.snapshot, diagnostics, memo: loaded?.memo, texts: sources.texts() }
  } catch (error) {
    const finding: Finding = {
      severity: 'error',
      source: 0,
      start: -1,
      end: -1,
      code: 'GW1001',
      message:
        error instanceof RangeError
          ? 'the configuration is nested too deeply'
          : `the configuration cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    }
    return { snapshot: undefined, diagnostics: diagnosticsOf([...loader.findings, finding], sources), memo: undefined }
  }
}
