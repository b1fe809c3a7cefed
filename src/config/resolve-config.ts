import type { Diagnostic } from '../contract/diagnostic.ts'
import type { PolicyOptions } from '../contract/policy.ts'
import type { ListenerSnapshot, PolicyUse, RouteSnapshot, Snapshot } from '../contract/snapshot.ts'
import type { ObjectNode, SchemaNode } from '../contract/schema.ts'
import { createRedaction } from '../lib/redaction.ts'
import { printTree, type ConfigFormat, type Printed } from './convert.ts'
import { diagnosticsOf } from './finding.ts'
import { grammarOf } from './grammar/gateway.ts'
import type { LoadOptions } from './load-options.ts'
import { Loader, type Loaded } from './loader.ts'
import { objectTree } from './object-tree.ts'
import { allUnits } from './parts.ts'
import { policyTrees } from './resolve-policies.ts'
import { type Place, Sources } from './source.ts'
import type { Entry, Tree } from './tree.ts'
import type { Unit } from './unit.ts'
import { defaultOf } from './default-value.ts'
import { check } from './check.ts'
import { isIdle } from './use-rules.ts'
import { writeValue, type WriteContext } from './write-value.ts'

/** A configuration with nothing left to look up, in the grammar itself. */
export interface ResolvedConfig {
  /** Undefined when the configuration has errors. */
  readonly tree: Tree | undefined
  /** What runs when it is loaded so; undefined with `tree`. */
  readonly snapshot: Snapshot | undefined
  readonly sources: Sources
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Loads a configuration and writes down what holds: short forms expanded, levels, bundles and includes resolved, every
 * default there. Values from the environment stay as they were written, and literal secrets are masked. What it gives
 * is a configuration again, which loads to the same gateway.
 */
export const resolveConfig = async (options: LoadOptions): Promise<ResolvedConfig> => {
  const sources = new Sources(options.kept)
  const { memo: _, ...rest } = options
  const loader = new Loader({ ...rest, traced: true }, sources)
  const loaded = await loader.load()
  const diagnostics = diagnosticsOf(loader.findings, sources)
  if (loaded?.snapshot === undefined) return { tree: undefined, snapshot: undefined, sources, diagnostics }
  return {
    tree: new Resolver(loaded, sources, options.policies).tree(),
    snapshot: loaded.snapshot,
    sources,
    diagnostics,
  }
}

/** Prints a resolved configuration; with `origins`, YAML says of every value where it comes from. */
export const printResolved = (resolved: ResolvedConfig, format: ConfigFormat, origins: boolean): Printed => {
  if (resolved.tree === undefined) return { text: undefined, diagnostics: resolved.diagnostics }
  const { sources } = resolved
  return printTree(resolved.tree, format, sources, origins ? (place) => placeName(sources, place) : undefined)
}

/** Where a value comes from, for people: `gateway.yaml:12`, or `built in`. */
export const placeName = (sources: Sources, place: Place): string => {
  const { file, line } = sources.origin(place)
  return line === 0 ? (file === '' ? 'built in' : file) : `${file}:${line}`
}

const entryOf = (key: string, value: Tree, keySource = -1, keyStart = -1, keyEnd = -1): Entry => ({
  key,
  source: keySource,
  keyStart,
  keyEnd,
  value,
})
const mapOf = (entries: readonly Entry[]): Tree => ({
  kind: 'map',
  source: -1,
  start: -1,
  end: -1,
  entries,
  flow: false,
})
const plain = (value: unknown): Tree => objectTree(value, -1)

class Resolver {
  readonly #loaded: Loaded
  readonly #policies: readonly PolicyOptions[]
  readonly #context: WriteContext

  constructor(loaded: Loaded, sources: Sources, policies: readonly PolicyOptions[]) {
    this.#loaded = loaded
    this.#policies = policies
    this.#context = {
      sources,
      places: loaded.scope.places,
      folder: loaded.folder,
      redaction: createRedaction(loaded.snapshot?.settings.redact ?? []),
    }
  }

  tree(): Tree {
    const { parts, snapshot } = this.#loaded
    const listeners = snapshot?.listeners ?? []
    const grammar = grammarOf(this.#policies)
    const defaults = this.#defaults(listeners[0])
    const sections: Entry[] = [
      entryOf('version', plain(1)),
      entryOf(
        'listeners',
        mapOf(listeners.map((one) => entryOf(one.name, this.#listener(one, grammar.listener as ObjectNode)))),
      ),
      entryOf('defaults', mapOf(policyTrees(this.#context, this.#policies, defaults, []))),
      entryOf(
        'services',
        mapOf(
          [...allUnits(parts, 'services').values()].map((unit) =>
            entryOf(unit.name, this.#unit(unit, grammar.service as ObjectNode, ['labels'])),
          ),
        ),
      ),
      entryOf('routes', this.#routes(grammar.route as ObjectNode, defaults)),
      ...['telemetry', 'admin', 'state', 'workers', 'drain'].map((name) => entryOf(name, this.#section(name))),
    ]
    return mapOf(sections.filter((entry) => entry.value.kind !== 'map' || entry.value.entries.length > 0))
  }

  /** What requests pass that no route takes, as `defaults` says it. */
  #defaults(listener: ListenerSnapshot | undefined): readonly PolicyUse[] {
    return (listener?.unmatched ?? []).filter((use) => use.chain === 'route' && use.origin !== undefined)
  }

  #listener(listener: ListenerSnapshot, node: ObjectNode): Tree {
    const unit = this.#loaded.parts.main.units.listeners.find((one) => one.name === listener.name)
    const own = unit === undefined ? this.#values(node, defaultListener(this.#policies)) : this.#unit(unit, node, [])
    const settings = listener.unmatched.filter((use) => use.chain === 'gateway')
    // A setting of the gateway chain that `defaults` overrules here (cors) is not what the chain says, but what holds.
    const global = policyTrees(this.#context, this.#policies, [...listener.guards, ...settings], [])
    return own.kind === 'map' && global.length > 0
      ? { ...own, entries: [...own.entries, entryOf('global', mapOf(global))] }
      : own
  }

  /** A checked thing without its policies, but for those that are its own matter. */
  #unit(unit: Unit, node: ObjectNode, kept: readonly string[]): Tree {
    return this.#values(node, unit.value ?? {}, kept)
  }

  #values(node: ObjectNode, value: Readonly<Record<string, unknown>>, kept: readonly string[] = []): Tree {
    const policies = new Set([...this.#policies.map((policy) => policy.name), 'policies', 'global'])
    const keys = Object.fromEntries(
      Object.entries(node.keys).filter(([name]) => !policies.has(name) || kept.includes(name)),
    )
    return writeValue(this.#context, { ...node, keys }, value)
  }

  #section(name: string): Tree {
    const { parts } = this.#loaded
    const key = grammarOf(this.#policies).gateway.keys[name]
    const node: SchemaNode = key?.node ?? { kind: 'json' }
    const written = parts.main.values.get(name)
    if (written !== undefined) return writeValue(this.#context, node, written.value, written.place.value)
    return writeValue(this.#context, node, key === undefined ? null : defaultOf(key, check))
  }

  #routes(node: ObjectNode, defaults: readonly PolicyUse[]): Tree {
    const units = allUnits(this.#loaded.parts, 'routes')
    const seen = new Set<string>()
    const entries = (this.#loaded.snapshot?.routes ?? []).flatMap((route): Entry[] => {
      const unit = units.get(route.name)
      if (unit === undefined) return []
      // Listeners whose chains differ made several of one route.
      const name = seen.has(route.name) ? `${route.name}-${route.listeners.join('-')}`.slice(0, 64) : route.name
      seen.add(route.name)
      return [entryOf(name, this.#route(route, unit, node, defaults))]
    })
    return mapOf(entries)
  }

  #route(route: RouteSnapshot, unit: Unit, node: ObjectNode, defaults: readonly PolicyUse[]): Tree {
    const own = this.#unit(unit, node, [])
    const written = own.kind === 'map' ? own.entries : []
    const policies = this.#policies.filter(({ name }) => !isIdle(name, route.action))
    const entries = [
      entryOf('listener', plain(route.listeners)),
      ...(route.hosts.length === 0 || unit.at.has('host') ? [] : [entryOf('host', plain(route.hosts))]),
      ...written.filter((entry) => entry.key !== 'listener'),
      ...policyTrees(this.#context, policies, route.policies, this.#inherited(route, defaults)),
    ]
    return mapOf(entries)
  }

  /** What the route would have if nothing were written on it: `defaults`, and settings of its listeners' chain. */
  #inherited(route: RouteSnapshot, defaults: readonly PolicyUse[]): readonly PolicyUse[] {
    const listener = this.#loaded.snapshot?.listeners.find((one) => one.name === route.listeners[0])
    const settings = (listener?.unmatched ?? []).filter((use) => use.chain === 'gateway')
    const builtIn = this.#policies.flatMap((policy) =>
      policy.builtIn === undefined
        ? []
        : [{ name: policy.name, options: undefined, chain: 'route', origin: undefined } as const],
    )
    return [...builtIn, ...settings, ...defaults]
  }
}

const defaultListener = (policies: readonly PolicyOptions[]): Readonly<Record<string, unknown>> => {
  const listeners = defaultOf(
    grammarOf(policies).gateway.keys['listeners'] ?? { node: { kind: 'json' }, says: '' },
    check,
  )
  return (listeners as Readonly<Record<string, Readonly<Record<string, unknown>>>>)['main'] ?? {}
}
