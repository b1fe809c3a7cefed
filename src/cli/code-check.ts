import { relative } from 'node:path'
import type { Diagnostic, Origin } from '../contract/diagnostic.ts'
import type { CodeRef, Snapshot } from '../contract/snapshot.ts'

/** Loads the operator's code. */
export interface CodeSource {
  importCode(ref: CodeRef, generation: number): Promise<unknown>
  /** `file:line` of the operator's that an error comes from. */
  blame(error: unknown): string | undefined
}

interface Named {
  readonly ref: CodeRef
  readonly origin: Origin | undefined
}

/** The code that a snapshot names, each file and export once, with the first place that names it. */
const namedIn = (snapshot: Snapshot): Named[] => {
  const named = new Map<string, Named>()
  const add = (ref: CodeRef, origin: Origin | undefined): void => {
    const key = `${ref.file}#${ref.export}`
    if (ref.file !== '' && !named.has(key)) named.set(key, { ref, origin })
  }
  const uses = new Set([
    ...snapshot.listeners.flatMap(({ guards, unmatched }) => [...guards, ...unmatched]),
    ...snapshot.routes.flatMap(({ policies }) => policies),
  ])
  for (const { name, options, origin } of uses) if (name === 'use') add(options as CodeRef, origin)
  for (const { action, origin } of snapshot.routes) if (action.kind === 'handler') add(action.code, origin)
  return [...named.values()]
}

/** What an error says, with files as seen from here. */
const words = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(`${process.cwd()}/`, './')
const seenFromHere = (file: string): string => file.replace(`${process.cwd()}/`, './')

/**
 * Imports the operator's code and makes its policies, by `prepare`, as a worker would: what fails there is a finding of
 * the check and not of the start. Empty when the configuration names no code.
 */
export const codeFindings = async (
  snapshot: Snapshot,
  code: CodeSource,
  prepare: () => Promise<void>,
): Promise<Diagnostic[]> => {
  const named = namedIn(snapshot)
  if (named.length === 0) return []
  const finding = (one: Named | undefined, message: string, culprit: string | undefined): Diagnostic => ({
    ...(one?.origin ?? { file: one?.ref.file ?? snapshot.files[0] ?? '', line: 0, column: 0 }),
    severity: 'error',
    code: 'GW1006',
    message,
    ...(culprit === undefined ? {} : { help: `see ${relative(process.cwd(), culprit)}` }),
  })
  const found: Diagnostic[] = []
  for (const one of named) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other: files may import each other
      await code.importCode(one.ref, 1)
    } catch (error) {
      const [file, message] = [seenFromHere(one.ref.file), words(error)]
      const text = message.startsWith(file) ? message : `${file} cannot be used: ${message}`
      found.push(finding(one, text, code.blame(error)))
    }
  }
  if (found.length > 0) return found
  try {
    await prepare()
  } catch (error) {
    const message = words(error)
    const guilty = named.find(({ ref }) => message.includes(seenFromHere(ref.file)))
    found.push(finding(guilty, message, code.blame(error)))
  }
  return found
}
