import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { good, warning, type Finding } from './finding.ts'

/** Whether the state folder, or the folder it would be made in, can be written. */
export const lookAtState = (folder: string): Finding => {
  const path = resolve(folder)
  const fix =
    'Make it writable for this user, or set state: to another folder. Without it the last good configuration is not kept.'
  try {
    if (existsSync(path)) {
      const probe = join(path, `.doctor-${process.pid}`)
      writeFileSync(probe, '')
      rmSync(probe)
      return good('state folder', `${folder} is writable`)
    }
    let above = dirname(path)
    while (!existsSync(above)) above = dirname(above)
    accessSync(above, constants.W_OK)
    return good('state folder', `${folder} will be made`)
  } catch {
    return warning('state folder', `${folder} is not writable`, fix)
  }
}
