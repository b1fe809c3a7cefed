import { join } from 'node:path'
import { filesBelow, packageRoot, readPackageFile } from './package-files.ts'

/** A template of `init`: a folder of `templates/`. */
export interface Template {
  readonly name: string
  readonly says: string
}

/** What there is; the first is the default. */
export const templates: readonly Template[] = [
  { name: 'basic', says: 'two services, limits, CORS: the usual start' },
  { name: 'website', says: 'a site and its API on one address, with caching and security fields' },
  { name: 'websocket', says: 'sockets, event streams and their time limits' },
  { name: 'teams', says: 'one file a team, each within its own paths' },
  { name: 'code', says: 'a policy and a handler of your own in TypeScript' },
]

/** Files of a template by name; of `gateway.yaml` and `gateway.ts` only the one of the format, with what only it needs. */
export const templateFiles = (name: string, format: string): Map<string, string> => {
  const files = new Map<string, string>()
  for (const path of filesBelow(join(packageRoot, 'templates', name))) {
    const [first, ...rest] = path.split('/')
    // Files that only one form needs stand in a folder of its name.
    const target = first === 'yaml' || first === 'ts' ? (first === format ? rest.join('/') : undefined) : path
    if (target !== undefined) files.set(target, readPackageFile(`templates/${name}/${path}`))
  }
  return files
}
