import { deserialize, serialize } from 'node:v8'
import type { Finding } from './finding.ts'
import type { KeyPlace, Reference } from './scope.ts'
import type { CheckedRouteUnit } from './unit.ts'

/**
 * What is remembered of one route: its text, where it stood, and what checking it gave. Lists instead of objects, so
 * that ten thousand of them are read and written in milliseconds.
 */
type MemoRoute = readonly [
  text: string,
  base: number,
  name: string,
  place: readonly [number, number],
  value: Readonly<Record<string, unknown>> | undefined,
  /** Key, key start, key end, value start, value end; and so on. */
  at: readonly (string | number)[],
  findings: readonly Finding[],
  /** Section, name, start, end, path; and so on. */
  references: readonly (string | number)[],
]

interface MemoFile {
  /** What else the check of a route depends on. */
  readonly context: string
  readonly routes: readonly MemoRoute[]
}

const format = 1

/** Routes of earlier loads by file and text. */
export class RouteMemo {
  readonly #files = new Map<string, { readonly context: string; readonly routes: Map<string, MemoRoute> }>()
  readonly #next: Record<string, { context: string; routes: MemoRoute[] }> = {}

  constructor(memo: SharedArrayBuffer | undefined) {
    if (memo === undefined) return
    try {
      const read = deserialize(Buffer.from(memo)) as {
        readonly format: number
        readonly files: Readonly<Record<string, MemoFile>>
      }
      if (read.format !== format) return
      for (const [path, file] of Object.entries(read.files)) {
        this.#files.set(path, { context: file.context, routes: new Map(file.routes.map((route) => [route[0], route])) })
      }
    } catch {
      // A memo of another version, or none at all: everything is read anew.
      this.#files.clear()
    }
  }

  /** Whether a file was seen at all. */
  has(path: string): boolean {
    return this.#files.has(path)
  }

  /** Whether a file was seen in a context in which its routes meant the same. */
  knows(path: string, context: string): boolean {
    return this.#files.get(path)?.context === context
  }

  /** A route with this text, moved to where it stands now. */
  recall(path: string, text: string, start: number, source: number): CheckedRouteUnit | undefined {
    const route = this.#files.get(path)?.routes.get(text)
    if (route === undefined) return undefined
    const [, base, name, place, value, at, findings, references] = route
    const by = start - base
    return {
      unit: {
        name,
        place: { source, start: place[0] + by, end: place[1] + by },
        value,
        at: new FlatPlaces(at, source, by),
        file: source,
      },
      findings: findings.map((finding) => ({ ...finding, source, start: finding.start + by, end: finding.end + by })),
      references: referencesOf(references, source, by),
    }
  }

  /** Keeps a route for the next load. */
  keep(path: string, context: string, text: string, start: number, checked: CheckedRouteUnit): void {
    const { unit, findings, references } = checked
    const at: (string | number)[] = []
    for (const key of unit.at.keys()) {
      const place = unit.at.get(key)
      if (place !== undefined) at.push(key, place.key.start, place.key.end, place.value.start, place.value.end)
    }
    const flat: (string | number)[] = []
    for (const one of references) flat.push(one.section, one.name, one.start, one.end, one.path)
    this.#fileOf(path, context).routes.push([
      text,
      start,
      unit.name,
      [unit.place.start, unit.place.end],
      unit.value,
      at,
      findings,
      flat,
    ])
  }

  /** Keeps a recalled route as it was. */
  keepRecalled(path: string, context: string, text: string): void {
    const route = this.#files.get(path)?.routes.get(text)
    if (route !== undefined) this.#fileOf(path, context).routes.push(route)
  }

  #fileOf(path: string, context: string): { routes: MemoRoute[] } {
    return (this.#next[path] ??= { context, routes: [] })
  }

  /** What the next load is given; undefined when there is nothing to remember. */
  write(): SharedArrayBuffer | undefined {
    if (Object.keys(this.#next).length === 0) return undefined
    const bytes = serialize({ format, files: this.#next })
    const shared = new SharedArrayBuffer(bytes.length)
    new Uint8Array(shared).set(bytes)
    return shared
  }
}

const referencesOf = (flat: readonly (string | number)[], source: number, by: number): Reference[] => {
  const references: Reference[] = []
  for (let index = 0; index < flat.length; index += 5) {
    const [section, name, start, end, path] = flat.slice(index, index + 5) as [string, string, number, number, string]
    references.push({ section, name, source, start: start + by, end: end + by, path })
  }
  return references
}

/** Places of keys in one list; few routes are ever asked for theirs. */
class FlatPlaces {
  readonly #flat: readonly (string | number)[]
  readonly #source: number
  readonly #by: number

  constructor(flat: readonly (string | number)[], source: number, by: number) {
    this.#flat = flat
    this.#source = source
    this.#by = by
  }

  has(key: string): boolean {
    return this.#flat.includes(key)
  }

  keys(): string[] {
    return this.#flat.filter((_, index) => index % 5 === 0).map(String)
  }

  get(key: string): KeyPlace | undefined {
    const at = this.#flat.indexOf(key)
    if (at === -1) return undefined
    const offset = (index: number): number => Number(this.#flat[at + index]) + this.#by
    return {
      key: { source: this.#source, start: offset(1), end: offset(2) },
      value: { source: this.#source, start: offset(3), end: offset(4) },
    }
  }
}
