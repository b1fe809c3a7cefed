import type { InnerHandler } from '../contract/plan.ts'
import type { PolicyDefinition } from '../contract/policy.ts'
import type { CodeRef, PolicyUse, Snapshot } from '../contract/snapshot.ts'

/** Code that a snapshot names, imported before the plan is built. */
export interface LoadedCode {
  readonly definitions: ReadonlyMap<string, PolicyDefinition<never>>
  readonly own: ReadonlyMap<string, PolicyDefinition<never>>
  readonly handlers: ReadonlyMap<string, InnerHandler>
}

/** One entry of `use`. */
export interface OwnUse {
  readonly policy: string
  readonly options: unknown
}
export const codeKey = (ref: CodeRef): string => `${ref.file}#${ref.export} ${JSON.stringify(ref.options ?? null)}`

/** Entries of a `use` as files with options. */
export const ownUses = (use: PolicyUse): readonly OwnUse[] =>
  (use.options as readonly (string | { readonly policy: string; readonly options?: unknown })[]).map((entry) =>
    typeof entry === 'string' ? { policy: entry, options: {} } : { policy: entry.policy, options: entry.options ?? {} },
  )

/** Names of built-in policies, files of own ones and handlers that a snapshot asks for. */
export const codeOf = (
  snapshot: Snapshot,
): {
  readonly policies: ReadonlySet<string>
  readonly own: ReadonlySet<string>
  readonly handlers: ReadonlyMap<string, CodeRef>
} => {
  const policies = new Set<string>()
  const own = new Set<string>()
  const handlers = new Map<string, CodeRef>()
  const seen = new Set<unknown>()
  const take = (uses: readonly PolicyUse[]): void => {
    // Routes share the lists they inherit; each is read once.
    if (seen.has(uses)) return
    seen.add(uses)
    for (const use of uses) {
      if (use.name === 'use') for (const entry of ownUses(use)) own.add(entry.policy)
      else policies.add(use.name)
    }
  }
  for (const listener of snapshot.listeners) {
    take(listener.guards)
    take(listener.unmatched)
  }
  for (const route of snapshot.routes) {
    take(route.policies)
    if (route.action.kind === 'handler') handlers.set(codeKey(route.action.code), route.action.code)
  }
  return { policies, own, handlers }
}
