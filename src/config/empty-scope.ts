import { Sources } from './source.ts'
import type { Scope } from './scope.ts'

/** A scope for values that come from our own tables. */
export const emptyScope = (): Scope => ({
  sources: new Sources(),
  environment: {},
  findings: [],
  references: [],
  files: new Set(),
  impure: false,
  params: undefined,
  inheritedParams: [],
  plugins: false,
  elsewhere: new Map(),
  places: new WeakMap(),
  defaults: true,
})
