import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AdminToken } from '../contract/admin.ts'

/** A token that the gateway made for itself; its text is known only in the moment it is made. */
export interface FirstToken {
  readonly token: AdminToken
  /** To be shown once; undefined when it was made at an earlier start. */
  readonly text: string | undefined
}

const fileName = 'admin-token'
const hashForm = /^sha256:[0-9a-f]{64}$/

/**
 * The token of an admin API that is reachable from elsewhere and has none configured (config.md §13): made at the first
 * start, kept as a hash in the state folder. Where the folder cannot be written, each start makes a new one.
 */
export const firstToken = (state: string): FirstToken => {
  const path = join(state, fileName)
  const known = readHash(path)
  if (known !== undefined) return { token: tokenOf(known), text: undefined }
  const text = `gwt_${randomBytes(24).toString('base64url')}`
  const hash = `sha256:${createHash('sha256').update(text, 'latin1').digest('hex')}`
  try {
    mkdirSync(state, { recursive: true })
    writeFileSync(`${path}.new`, `${hash}\n`, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch {
    // The gateway says elsewhere that its state is lost; the token holds for this run.
  }
  return { token: tokenOf(hash), text }
}

const readHash = (path: string): string | undefined => {
  try {
    const text = readFileSync(path, 'latin1').trim()
    return hashForm.test(text) ? text : undefined
  } catch {
    return undefined
  }
}

const tokenOf = (hash: string): AdminToken => ({ name: 'first', hash, scopes: ['admin'] })
