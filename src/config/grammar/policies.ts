import type { Place, PolicyOptions } from '../../contract/policy.ts'
import type { KeyNode } from '../../contract/schema.ts'
import { bareNode } from './bare-node.ts'
import { laterPolicies } from './later-policies.ts'

/** Places in words. */
const placeWords: Readonly<Record<Place, string>> = {
  G: 'global and listeners.<name>.global',
  R: 'routes, defaults and bundles',
  S: 'services',
  P: 'plans and consumers',
  A: 'parts of an aggregate',
}

/** Keys that are policies, and of which name. */
export const policyNames: WeakMap<KeyNode, string> = new WeakMap()

/** Every policy's key as it may be written at a place (config.md §5.2): live, later, or refused because it belongs elsewhere. */
export const policyKeys = (place: Place, policies: readonly PolicyOptions[]): Record<string, KeyNode> => {
  const keys: Record<string, KeyNode> = {}
  for (const policy of policies) {
    keys[policy.name] = policy.at.includes(place)
      ? {
          node: {
            kind: 'nullable',
            of: policy.merge === 'entries' ? bareNode(policy.schema.node) : policy.schema.node,
          },
          says: policy.summary,
        }
      : misplaced(policy.name, policy.at)
  }
  for (const [name, key] of Object.entries(keys)) policyNames.set(key, name)
  for (const [name, entry] of Object.entries(laterPolicies)) {
    if (Object.hasOwn(keys, name)) continue
    keys[name] = entry.at.includes(place)
      ? { node: { kind: 'later', what: entry.what }, says: entry.says, later: entry.what }
      : misplaced(name, entry.at)
  }
  return keys
}

const misplaced = (name: string, at: readonly Place[]): KeyNode => ({
  node: { kind: 'misplaced', help: `${name} may stand in ${at.map((place) => placeWords[place]).join('; ')}` },
  says: '',
})
