import type { Check } from './check.ts'

/** A check by name, loaded when it runs: a room that does not load breaks its own check only. */
export interface NamedCheck {
  readonly name: string
  load(): Promise<Check>
}

/** Every static check. */
export const checks: readonly NamedCheck[] = [
  { name: 'import rule', load: async () => (await import('./import-rule.ts')).importRule },
  { name: 'words', load: async () => (await import('./words.ts')).words },
  { name: 'file sizes', load: async () => (await import('./sizes.ts')).sizes },
  { name: 'forbidden text', load: async () => (await import('./forbidden.ts')).forbidden },
  { name: 'error codes', load: async () => (await import('./error-codes.ts')).errorCodes },
  { name: 'policies', load: async () => (await import('./policies.ts')).policies },
  { name: 'config keys', load: async () => (await import('./config-keys.ts')).configKeys },
  { name: 'links', load: async () => (await import('./links.ts')).links },
  { name: 'decisions', load: async () => (await import('./decisions.ts')).decisions },
  { name: 'generated reference', load: async () => (await import('./reference.ts')).reference },
]
