import { existsSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import type { Snapshot } from '../contract/snapshot.ts'
import { environmentFile, environmentOf } from './environment.ts'
import { failed } from './failed.ts'
import { readParts, type FileParts } from './file-parts.ts'
import { findConfigs } from './find-file.ts'
import type { Finding } from './finding.ts'
import { grammarOf, type Grammar } from './grammar/gateway.ts'
import { readIncludes } from './include.ts'
import { link } from './link.ts'
import type { LoadOptions } from './load-options.ts'
import { RouteMemo } from './memo.ts'
import { prepare, readFileParts, type Reading } from './memo-routes.ts'
import { mergeTrees } from './overlay.ts'
import { objectTree } from './object-tree.ts'
import { addText, readConfig, readText, shownPath, type ReadConfig } from './read-config.ts'
import type { Parts } from './parts.ts'
import type { Reference, Scope } from './scope.ts'
import type { Sources } from './source.ts'
import type { Tree } from './tree.ts'

/** What a load gives: the snapshot when nothing is wrong, and the parts that it was made of. */
export interface Loaded {
  readonly snapshot: Snapshot | undefined
  readonly memo: SharedArrayBuffer | undefined
  readonly parts: Parts
  readonly scope: Scope
  /** Folder of the main file. */
  readonly folder: string
}

/** One load: what it found, and what it gives when nothing is wrong. */
export class Loader {
  readonly findings: Finding[] = []
  readonly references: Reference[] = []
  readonly #options: LoadOptions
  readonly #sources: Sources
  readonly #grammar: Grammar

  constructor(options: LoadOptions, sources: Sources) {
    this.#options = options
    this.#sources = sources
    this.#grammar = grammarOf(options.policies)
  }

  async load(): Promise<Loaded | undefined> {
    const main = await this.#readMain()
    if (main === undefined) return undefined
    const source = this.#sources.list[main.source]
    const folder = source?.folder ?? this.#options.cwd
    const scope = this.#scope(folder)
    const memo = new RouteMemo(this.#options.memo)
    const parts = await this.#mainParts(scope, main, memo)
    if (parts === undefined) return undefined
    const included = await readIncludes(scope, { grammar: this.#grammar, memo }, parts, this.#options)
    const all = { main: parts, included }
    const snapshot = link(all, scope, this.#options, folder)
    return { snapshot, memo: memo.write(), parts: all, scope, folder }
  }

  #scope(folder: string): Scope {
    return {
      sources: this.#sources,
      environment: environmentOf(this.#options.env, folder),
      findings: this.findings,
      references: this.references,
      files: new Set(existsSync(environmentFile(folder)) ? [environmentFile(folder)] : []),
      impure: false,
      params: undefined,
      inheritedParams: [],
      plugins: false,
      elsewhere: this.#grammar.elsewhere,
      places: new WeakMap(),
      defaults: true,
    }
  }

  /** The main file with its overlay, checked; undefined when it cannot be read at all. */
  async #mainParts(scope: Scope, main: ReadConfig, memo: RouteMemo): Promise<FileParts | undefined> {
    const reading: Reading = { grammar: this.#grammar, memo, main: true, params: [] }
    const { environment } = this.#options
    if (environment === undefined) {
      const parts = readFileParts(scope, main, reading)
      return parts.unread ? undefined : parts
    }
    const parsed = main.parse()
    this.findings.push(...parsed.findings)
    if (parsed.tree === undefined && parsed.findings.length > 0) return undefined
    const tree = await this.#withOverlay(main, parsed.tree, environment)
    if (tree === failed) return undefined
    prepare(scope, tree, reading)
    return readParts(scope, this.#grammar, tree, main.source, true)
  }

  /** Merges `gateway.<environment>.yaml` over the main file; `failed` after reporting that it cannot. */
  async #withOverlay(
    main: ReadConfig,
    tree: Tree | undefined,
    environment: string,
  ): Promise<Tree | undefined | typeof failed> {
    const { cwd, generation } = this.#options
    const source = this.#sources.list[main.source]
    const path = source?.path ?? ''
    const end = extname(path)
    const base = path.slice(0, path.length - end.length)
    const names = (end === '.json' ? ['.json', '.yaml', '.yml'] : ['.yaml', '.yml', '.json']).map(
      (one) => `${base}.${environment}${one}`,
    )
    const file = names.find((name) => this.#sources.exists(name)) ?? names[0] ?? ''
    const overlay = await readConfig(this.#sources, file, cwd, generation)
    const patch = overlay.parse()
    this.findings.push(...patch.findings)
    if (patch.tree === undefined) return patch.findings.length > 0 ? failed : tree
    const include = patch.tree.kind === 'map' ? patch.tree.entries.find((entry) => entry.key === 'include') : undefined
    if (include !== undefined) {
      this.findings.push({
        severity: 'error',
        source: overlay.source,
        start: include.keyStart,
        end: include.keyEnd,
        code: 'GW1007',
        message: '"include" belongs to the main file',
        help: 'An overlay holds everything else.',
        path: 'include',
      })
    }
    const empty: Tree = { kind: 'map', source: main.source, start: 0, end: 0, entries: [], flow: false }
    return mergeTrees(this.#grammar.gateway, tree ?? empty, patch.tree)
  }

  async #readMain(): Promise<ReadConfig | undefined> {
    const { cwd, file, text, object, format, generation } = this.#options
    const path = file === undefined ? undefined : resolve(cwd, file)
    if (object !== undefined) {
      const shown = path === undefined ? 'config' : shownPath(path, cwd)
      const source = this.#sources.add({
        path: path ?? '',
        shown,
        folder: path === undefined ? cwd : dirname(path),
        text: '',
      })
      const tree = objectTree(object, source)
      return { source, format: 'code', text: undefined, parse: () => ({ tree, findings: [] }) }
    }
    if (text !== undefined) {
      const shown = path === undefined ? `config.${format ?? 'yaml'}` : shownPath(path, cwd)
      const source =
        path === undefined
          ? addText(this.#sources, text, shown, cwd)
          : this.#sources.add({ path, shown, folder: dirname(path), text })
      return readText(text, source, format ?? 'yaml')
    }
    if (path !== undefined) return readConfig(this.#sources, path, cwd, generation)
    const found = findConfigs(cwd)
    const only = found[0]
    if (only !== undefined && found.length === 1) return readConfig(this.#sources, only, cwd, generation)
    const source = this.#sources.add({
      path: cwd,
      shown: only === undefined ? '.' : shownPath(only, cwd),
      folder: cwd,
      text: '',
    })
    const names = found.map((one) => shownPath(one, cwd))
    this.findings.push({
      severity: 'error',
      source,
      start: -1,
      end: -1,
      code: only === undefined ? 'GW1005' : 'GW1004',
      message:
        only === undefined
          ? 'there is no gateway.yaml, gateway.ts or gateway.json here'
          : `there are ${names.join(' and ')}`,
      help:
        only === undefined ? 'Run gwanmun init, or name a file with --config.' : 'Keep one, or name it with --config.',
    })
    return undefined
  }
}
