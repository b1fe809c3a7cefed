import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** Names that are looked for, in the order in which they are told. */
const configNames: readonly string[] = [
  'gateway.yaml',
  'gateway.yml',
  'gateway.ts',
  'gateway.config.ts',
  'gateway.json',
]

/** Paths of the configurations in a folder; one is right, none and two are errors. */
export const findConfigs = (folder: string): string[] =>
  configNames.map((name) => resolve(folder, name)).filter((path) => existsSync(path))
