import { readFileSync, statSync } from 'node:fs'

/** Largest file whose content becomes a value, in bytes. */
const largest = 16 * 1024 * 1024

/**
 * The bytes of a regular file of at most 16 MB. Throws for anything else: a device such as `/dev/zero` never ends, and a
 * pipe that nobody writes to would stop the load.
 */
export const readPlainFile = (path: string): Buffer => {
  const stat = statSync(path)
  if (!stat.isFile()) throw new Error(`${path} is no regular file`)
  if (stat.size > largest) throw new Error(`${path} is larger than ${largest} bytes`)
  return readFileSync(path)
}
