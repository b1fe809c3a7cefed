import type { FileParts } from './file-parts.ts'
import type { LoadOptions } from './load-options.ts'
import { readFileParts, type Reading } from './memo-routes.ts'
import type { Bounds } from './parts.ts'
import { readConfig } from './read-config.ts'
import { report, type Scope } from './scope.ts'

interface CheckedInclude {
  readonly files?: string
  readonly paths?: readonly string[]
  readonly hosts?: readonly string[]
  readonly listeners?: readonly string[]
}

/** Reads the files that the main file includes, each with the bounds that its include sets. */
export const readIncludes = async (
  scope: Scope,
  reading: Pick<Reading, 'grammar' | 'memo'>,
  main: FileParts,
  options: LoadOptions,
): Promise<readonly { readonly parts: FileParts; readonly bounds: Bounds | undefined }[]> => {
  const section = main.values.get('include')
  if (section === undefined) return []
  const folder = scope.sources.list[main.source]?.folder ?? options.cwd
  const mainParams = scope.inheritedParams
  const included: { readonly parts: FileParts; readonly bounds: Bounds | undefined }[] = []
  const seen = new Set<string>([scope.sources.list[main.source]?.path ?? ''])
  for (const [index, item] of (section.value as readonly (string | CheckedInclude)[]).entries()) {
    const entry = typeof item === 'string' ? { files: item } : item
    const inside = typeof item === 'string' ? undefined : scope.places.get(item)?.get('files')?.value
    const place = inside ?? scope.places.get(section.value as object)?.get(String(index))?.value ?? section.place.value
    const path = `include[${index}]`
    if (entry.files === undefined) {
      report(scope, place, 'GW1105', `"files" is missing in ${path}`, 'add files: teams/*.yaml', path)
      continue
    }
    const files = scope.sources.matching(entry.files, folder)
    if (files === undefined) {
      report(
        scope,
        place,
        'GW1010',
        `${JSON.stringify(entry.files)} leads through more than 20000 files and folders`,
        'Name the folder in which the files are: teams/*.yaml.',
        path,
      )
      continue
    }
    if (files.length === 0) {
      report(
        scope,
        place,
        'GW1003',
        `no file matches ${JSON.stringify(entry.files)}`,
        'Names are relative to the main file.',
        path,
      )
      continue
    }
    const bounds: Bounds | undefined =
      'paths' in entry || 'hosts' in entry || 'listeners' in entry
        ? { paths: entry.paths, hosts: entry.hosts, listeners: entry.listeners, place }
        : undefined
    for (const file of files) {
      if (seen.has(file)) {
        report(
          scope,
          place,
          'GW1305',
          `${file.slice(folder.length + 1)} is included twice`,
          'Name each file once.',
          path,
        )
        continue
      }
      seen.add(file)
      if (!/\.(ya?ml|json)$/.test(file)) {
        report(
          scope,
          place,
          'GW1003',
          `${file.slice(folder.length + 1)} is neither YAML nor JSON`,
          'Include .yaml and .json files.',
          path,
        )
        continue
      }
      const read = await readConfig(scope.sources, file, options.cwd, options.generation)
      included.push({ parts: readFileParts(scope, read, { ...reading, main: false, params: mainParams }), bounds })
    }
  }
  scope.inheritedParams = mainParams
  return included
}
