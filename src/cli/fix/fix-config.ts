import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { exit, Stop } from '../exit.ts'
import { count, plural, type Verdict } from '../report/verdict.ts'
import type { Correction } from './correction.ts'
import { correctText } from './correct-text.ts'
import { replaceFile } from './replace-file.ts'

/** A check, and the files it read by absolute path. */
export interface Examined {
  readonly verdict: Verdict
  readonly texts: ReadonlyMap<string, string>
}

/** Checks a configuration; `edited` holds texts to take instead of files. */
export type Examine = (edited: ReadonlyMap<string, string>) => Promise<Examined>

/** A correction may bring to light another that is certain; no file needs many rounds. */
const maxRounds = 8

const correctable = /\.(?:ya?ml|json)$/

/** The file itself, whatever links lead to it. */
const fileAt = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** All certain corrections of one check, file by file; code is left to whoever wrote it. */
const correctionsOf = ({ verdict, texts }: Examined): { edited: Map<string, string>; corrections: Correction[] } => {
  const edited = new Map<string, string>()
  const corrections: Correction[] = []
  const seen = new Map<string, string>()
  for (const [path, text] of texts) {
    if (!correctable.test(path)) continue
    // A second way to a file gets the same text, so that the next check reads one file.
    const first = seen.get(fileAt(path))
    const same = first === undefined ? undefined : edited.get(first)
    if (same !== undefined) edited.set(path, same)
    if (first !== undefined) continue
    seen.set(fileAt(path), path)
    const own = verdict.diagnostics.filter(({ file }) => resolve(file) === path)
    const corrected = correctText(text, own)
    if (corrected.corrections.length === 0) continue
    edited.set(path, corrected.text)
    corrections.push(...corrected.corrections)
  }
  return { edited, corrections }
}

const write = async (edited: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>): Promise<void> => {
  const written = new Set<string>()
  for (const [path, text] of edited) {
    if (written.size === written.add(fileAt(path)).size) continue

    try {
      // oxlint-disable-next-line no-await-in-loop -- in order, so that a failure says which are written
      await replaceFile(path, before.get(path) ?? '', text)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Stop(exit.failure, `${path} was not corrected: ${reason}`)
    }
  }
}

/**
 * Makes the corrections that are certain, in the files of the configuration: checks what would come of them first, and
 * writes nothing when there would be more errors than before. Gives the verdict on what is then on the disk. Throws a
 * `Stop` with exit code 1 when a file cannot be written.
 */
export const fixConfig = async (examine: Examine): Promise<Verdict> => {
  const first = await examine(new Map())
  let latest = first
  let edited: ReadonlyMap<string, string> = new Map()
  const fixed: Correction[] = []
  let notFixed: string | undefined
  for (let round = 0; round < maxRounds; round++) {
    const next = correctionsOf(latest)
    if (next.corrections.length === 0) break
    const all = new Map([...edited, ...next.edited])
    // oxlint-disable-next-line no-await-in-loop -- each round begins with what the one before found
    const examined = await examine(all)
    const was = count(latest.verdict.diagnostics, 'error')
    const would = count(examined.verdict.diagnostics, 'error')
    if (would > was) {
      notFixed = `${plural(next.corrections.length, 'correction')} would leave ${plural(would, 'error')} where there ${was === 1 ? 'is' : 'are'} ${was} now`
      break
    }
    latest = examined
    edited = all
    fixed.push(...next.corrections)
  }
  if (edited.size > 0) await write(edited, first.texts)
  return { ...latest.verdict, fixed, ...(notFixed === undefined ? {} : { notFixed }) }
}
