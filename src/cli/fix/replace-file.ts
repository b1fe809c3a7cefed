import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, chown, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Puts a text in the place of a file in one step: whoever reads it sees the old or the new text, never a part. Mode and,
 * as far as allowed, owner stay; a symbolic link stays a link. Rejects as the system does, with nothing changed: also
 * when the file may not be written, and when it no longer holds `before`.
 */
export const replaceFile = async (path: string, before: string, after: string): Promise<void> => {
  const target = await realpath(path)
  // A folder that may be written is no permission to change a file that may not.
  await access(target, constants.W_OK)
  const { mode, uid, gid } = await stat(target)
  const temporary = join(dirname(target), `.gwanmun-${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(after)
      await file.chmod(mode & 0o7777)
      await file.sync()
    } finally {
      await file.close()
    }
    // Only root gives files away; for anybody else it is their own already.
    await chown(temporary, uid, gid).catch(() => undefined)
    if ((await readFile(target, 'utf8')) !== before) throw new Error('it was changed in the meantime')
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
