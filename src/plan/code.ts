import type { Origin } from '../contract/diagnostic.ts'
import type { InnerHandler } from '../contract/plan.ts'
import type { PolicyDefinition } from '../contract/policy.ts'
import type { CodeRef, PolicyUse, Snapshot } from '../contract/snapshot.ts'

/** Code that a snapshot names, imported before the plan is built. */
export interface LoadedCode {
  readonly definitions: ReadonlyMap<string, PolicyDefinition<never>>
  readonly own: ReadonlyMap<string, PolicyDefinition<never>>
  readonly handlers: ReadonlyMap<string, InnerHandler>
}

export const codeKey = (ref: CodeRef): string => `${ref.file}#${ref.export} ${JSON.stringify(ref.options ?? null)}`

/** The code that a `use` names. */
export const ownCode = (use: PolicyUse): CodeRef => use.options as CodeRef
const fileKey = (ref: CodeRef): string => `${ref.file}#${ref.export}`
export { fileKey as policyKey }

/** Names of built-in policies, files of own ones and handlers that a snapshot asks for. */
export const codeOf = (
  snapshot: Snapshot,
): {
  readonly policies: ReadonlySet<string>
  readonly own: ReadonlyMap<string, CodeRef>
  readonly handlers: ReadonlyMap<string, CodeRef>
} => {
  const policies = new Set<string>()
  const own = new Map<string, CodeRef>()
  const handlers = new Map<string, CodeRef>()
  const seen = new Set<unknown>()
  const take = (uses: readonly PolicyUse[]): void => {
    // Routes share the lists they inherit; each is read once.
    if (seen.has(uses)) return
    seen.add(uses)
    for (const use of uses) {
      if (use.name === 'use') own.set(fileKey(ownCode(use)), ownCode(use))
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

/** Code of the operator's that a snapshot names in files, with where it is named. */
export const codePlaces = (
  snapshot: Snapshot,
): readonly { readonly kind: 'policy' | 'handler'; readonly code: CodeRef; readonly origin: Origin | undefined }[] => {
  const uses = new Set([
    ...snapshot.listeners.flatMap(({ guards, unmatched }) => [...guards, ...unmatched]),
    ...snapshot.routes.flatMap(({ policies }) => policies),
  ])
  const handlers = snapshot.routes.flatMap(({ action, origin }) =>
    action.kind === 'handler' ? [{ kind: 'handler' as const, code: action.code, origin }] : [],
  )
  const own = [...uses].flatMap((use) =>
    use.name === 'use' ? [{ kind: 'policy' as const, code: ownCode(use), origin: use.origin }] : [],
  )
  return [...handlers, ...own].filter(({ code }) => code.file !== '')
}
