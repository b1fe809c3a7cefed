import type { Chain } from '../contract/plan.ts'
import type { PolicyOptions } from '../contract/policy.ts'
import type { CodeRef, PolicyUse } from '../contract/snapshot.ts'
import { mergeEntries, withDefaults, type PlaceTable } from './merge.ts'
import type { Sources } from './source.ts'
import { placeIn, type Unit } from './unit.ts'

/** One place of a chain where policies are written, nearer ones later in a list of them. */
export interface Layer {
  readonly unit: Unit
  readonly chain: Chain
}

/** What a name of a policy gives in a chain; several uses where values append. */
type Uses = readonly PolicyUse[]

const noUses: Uses = []

/** Resolves the levels of config.md §3. Uses that several routes share are the same objects. */
export class Levels {
  readonly #policies: readonly PolicyOptions[]
  readonly #sources: Sources
  readonly #own = new WeakMap<object, Uses>()
  readonly #builtIn = new Map<string, Uses>()

  readonly #places: PlaceTable | undefined

  constructor(policies: readonly PolicyOptions[], sources: Sources, places?: PlaceTable) {
    this.#places = places
    this.#policies = policies
    this.#sources = sources
    for (const policy of policies) {
      if (policy.builtIn === undefined) continue
      const options = withDefaults(policy.schema.node, policy.builtIn)
      this.#builtIn.set(policy.name, [{ name: policy.name, options, chain: 'route', origin: undefined }])
    }
  }

  /** Every policy of a kind over these layers; built-in values count as the farthest when asked for. */
  all(layers: readonly Layer[], builtIn: boolean, wanted: (policy: PolicyOptions) => boolean): PolicyUse[] {
    return this.#policies.flatMap((policy) => (wanted(policy) ? this.one(policy, layers, builtIn) : noUses))
  }

  /** One policy over these layers; empty when nothing is written or `none` is nearest. */
  one(policy: PolicyOptions, layers: readonly Layer[], builtIn: boolean): Uses {
    let uses: Uses = builtIn ? (this.#builtIn.get(policy.name) ?? noUses) : noUses
    for (const layer of layers) {
      const values = layer.unit.value
      if (values === undefined || !Object.hasOwn(values, policy.name)) continue
      const value = values[policy.name]
      if (value === null) uses = noUses
      else if (policy.merge === 'append') uses = [...uses, ...this.#written(policy, layer, value)]
      else if (policy.merge === 'entries' && uses[0] !== undefined) uses = [this.#merged(policy, layer, uses[0], value)]
      else uses = this.#written(policy, layer, value)
    }
    return uses
  }

  /** Uses of one layer alone, made once for the place they are written in. */
  #written(policy: PolicyOptions, layer: Layer, value: unknown): Uses {
    const key = typeof value === 'object' && value !== null ? value : undefined
    const known = key === undefined ? undefined : this.#own.get(key)
    if (known !== undefined && known[0]?.chain === layer.chain) return known
    const origin = this.#sources.origin(placeIn(layer.unit, policy.name))
    const make = (options: unknown): PolicyUse => ({ name: policy.name, options, chain: layer.chain, origin })
    const options = policy.merge === 'entries' ? withDefaults(policy.schema.node, value, this.#places) : value
    const uses =
      policy.name === 'use' ? (value as readonly unknown[]).map((item) => make(codeRef(item))) : [make(options)]
    if (key !== undefined) this.#own.set(key, uses)
    return uses
  }

  #merged(policy: PolicyOptions, layer: Layer, far: PolicyUse, value: unknown): PolicyUse {
    const { node } = policy.schema
    const options = withDefaults(node, mergeEntries(node, far.options, value, this.#places), this.#places)
    return {
      name: policy.name,
      options,
      chain: layer.chain,
      origin: this.#sources.origin(placeIn(layer.unit, policy.name)),
    }
  }
}

/** An item of `use`: a file, a value of a TypeScript config, or one of them with options. */
const codeRef = (item: unknown): CodeRef => {
  if (typeof item === 'string') return { file: item, export: 'default', options: undefined }
  const entry = item as {
    readonly policy?: unknown
    readonly options?: unknown
    readonly file?: string
    readonly export?: string
  }
  if (entry.policy === undefined)
    return { file: entry.file ?? '', export: entry.export ?? 'default', options: undefined }
  return { ...codeRef(entry.policy), options: entry.options }
}
