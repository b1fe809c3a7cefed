import { existsSync, readFileSync } from 'node:fs'
import { matchesGlob, normalize, relative, resolve } from 'node:path'
import type { Origin } from '../contract/diagnostic.ts'
import { isTelling } from '../lib/redaction.ts'
import { globFiles } from './glob-files.ts'
import { maskDefaults } from './mask.ts'
import { maskLine } from './mask-line.ts'

/** Where something stands: offsets into a source's text; `start` is -1 where no position is known (objects from code). */
export interface Place {
  readonly source: number
  readonly start: number
  readonly end: number
}

/** One file of a configuration. `shown` is how people see its name, `folder` what its relative names start from. */
export interface Source {
  readonly path: string
  readonly shown: string
  readonly folder: string
  readonly text: string
}

/** All files of one load, and the way from offsets to lines. */
export class Sources {
  readonly list: Source[] = []
  /** Literal secrets of the text, masked wherever lines are printed. */
  readonly secrets: Place[] = []
  /** Values that came from `${…}`, and how they were written; what is printed shows the latter. */
  readonly filled: Map<string, string> = new Map()
  readonly #lines: (Int32Array | undefined)[] = []
  readonly #kept: ReadonlyMap<string, string> | undefined
  readonly #edited: ReadonlyMap<string, string> | undefined

  /**
   * With `kept`, files of the configuration are taken from there and not from the disk; with `edited`, those it holds are.
   * Both by absolute path.
   */
  constructor(kept?: ReadonlyMap<string, string>, edited?: ReadonlyMap<string, string>) {
    this.#kept = kept
    this.#edited = edited
  }

  /** A file of the configuration as text; throws as the system does when it cannot be read. */
  read(path: string): string {
    return this.#kept?.get(path) ?? this.#edited?.get(path) ?? readFileSync(path, 'utf8')
  }

  exists(path: string): boolean {
    return this.#kept === undefined ? existsSync(path) : this.#kept.has(path)
  }

  /**
   * Files that a pattern relative to `folder` means, in order; undefined when it would lead through too many
   * folders, as one over a whole disk does.
   */
  matching(pattern: string, folder: string): string[] | undefined {
    const kept = this.#kept
    const found =
      kept === undefined
        ? globFiles(pattern, folder)?.map((file) => resolve(folder, file))
        : [...kept.keys()].filter((path) => matchesGlob(relative(folder, path), normalize(pattern)))
    return found?.sort()
  }

  /** Every file with its text, by absolute path: what `kept` of another load takes. */
  texts(): Map<string, string> {
    return new Map(this.list.map(({ path, text }) => [path, text]))
  }

  add(source: Source): number {
    this.list.push(source)
    this.#lines.push(undefined)
    return this.list.length - 1
  }

  /** Every value from the environment with what is written for it, its default masked where the name is telling. */
  written(): readonly (readonly [value: string, written: string])[] {
    return [...this.filled].map(([value, written]) => [value, maskDefaults(written, isTelling)])
  }

  /** A text for people, with every value from the environment as it was written. Those below `shortest` tell nothing. */
  shield(text: string, shortest = 4): string {
    let shielded = text
    for (const [value, written] of this.filled)
      if (value.length >= shortest) shielded = shielded.replaceAll(value, () => maskDefaults(written, isTelling))
    return shielded
  }

  /** File, line and columns of a place; line 0 where no position is known. */
  origin(place: Place): Origin {
    const source = this.list[place.source]
    if (source === undefined || place.start < 0) {
      return { file: source?.shown ?? '', line: 0, column: 0 }
    }
    const starts = this.#starts(place.source, source.text)
    const line = lineOf(starts, place.start)
    const column = place.start - (starts[line] ?? 0) + 1
    const lineEnd = (starts[line + 1] ?? source.text.length + 1) - 1
    const endColumn = Math.max(column + 1, Math.min(place.end, lineEnd) - (starts[line] ?? 0) + 1)
    return { file: source.shown, line: line + 1, column, endColumn }
  }

  /** The way back: offset of a line and column, both from 1. */
  offset(source: number, line: number, column: number): number {
    const text = this.list[source]?.text ?? ''
    return (this.#starts(source, text)[line - 1] ?? 0) + column - 1
  }

  /** The line of a place and up to `before` lines above it, secrets masked. */
  excerpt(place: Place, before: number): { readonly line: number; readonly text: readonly string[] } | undefined {
    const source = this.list[place.source]
    if (source === undefined || place.start < 0) return undefined
    const starts = this.#starts(place.source, source.text)
    const last = lineOf(starts, place.start)
    const first = Math.max(0, last - before)
    const text: string[] = []
    for (let at = first; at <= last; at++) text.push(this.#line(place.source, source.text, starts, at))
    return { line: first + 1, text }
  }

  #line(index: number, text: string, starts: Int32Array, at: number): string {
    const from = starts[at] ?? 0
    const to = at + 1 < starts.length ? (starts[at + 1] ?? 0) : text.length
    let line = text.slice(from, to).replace(/\r?\n$/, '')
    for (const secret of this.secrets) {
      if (secret.source !== index || secret.end <= from || secret.start >= to) continue
      const a = Math.max(0, secret.start - from)
      const b = Math.min(line.length, secret.end - from)
      line = line.slice(0, a) + '*'.repeat(Math.max(0, b - a)) + line.slice(b)
    }
    return maskLine(line)
  }

  #starts(index: number, text: string): Int32Array {
    return (this.#lines[index] ??= lineStarts(text))
  }
}

const lineStarts = (text: string): Int32Array => {
  let count = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  const starts = new Int32Array(count)
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts[line++] = at + 1
  return starts
}

const lineOf = (starts: Int32Array, offset: number): number => {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
