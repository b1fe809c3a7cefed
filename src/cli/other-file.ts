import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'

const real = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/** The configuration of this folder, when the running gateway runs another one; undefined when there is none here. */
export const otherFile = (running: string | undefined): string | undefined => {
  const own = ['gateway.yaml', 'gateway.ts', 'gateway.json'].find((name) => existsSync(name))
  return own === undefined || (running !== undefined && real(running) === real(own)) ? undefined : own
}
