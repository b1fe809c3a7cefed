import { createHash } from 'node:crypto'
import type { PolicyUse, Snapshot } from '../contract/snapshot.ts'

/**
 * SHA-256 over the canonical JSON (keys sorted) of what a snapshot means, first 12 hex digits. Where something is
 * written (file, line, level), on which machine and in which generation is left out, and files count
 * relative to `folder`: equal gateways have equal hashes.
 */
export const snapshotHash = (snapshot: Omit<Snapshot, 'hash'>, folder: string): string => {
  const near = (text: string): string => text.replaceAll(`"${folder}/`, '"./')
  const hash = createHash('sha256')
  const uses = new Map<PolicyUse, string>()
  const useText = (use: PolicyUse): string => {
    const known = uses.get(use)
    if (known !== undefined) return known
    const options = canonical(use.options)
    const text = `${use.name} ${use.name === 'use' ? near(options) : options};`
    uses.set(use, text)
    return text
  }
  for (const listener of snapshot.listeners) {
    const rest = { ...listener, origin: undefined, guards: undefined, unmatched: undefined }
    hash.update(
      `${canonical(rest)}[${listener.guards.map(useText).join('')}][${listener.unmatched.map(useText).join('')}]`,
    )
  }
  for (const service of snapshot.services) {
    hash.update(canonical({ ...service, origin: undefined }))
  }
  for (const route of snapshot.routes) {
    const { name, listeners, hosts, paths, methods, conditions, priority, action, summary, tags } = route
    let text = JSON.stringify([name, listeners, hosts, paths, methods, priority, summary ?? null, tags])
    text += action.kind === 'handler' ? near(canonical(action)) : canonical(action)
    if (conditions.length > 0) text += canonical(conditions)
    for (const use of route.policies) text += useText(use)
    hash.update(text)
  }
  hash.update(near(canonical({ ...snapshot.settings, node: undefined, filled: undefined })))
  return hash.digest('hex').slice(0, 12)
}

/** JSON with sorted keys and without undefined values. */
const canonical = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join()}]`
  const keys = Object.keys(value)
  if (keys.length > 1) keys.sort()
  let text = '{'
  for (const key of keys) {
    const inner = (value as Readonly<Record<string, unknown>>)[key]
    if (inner !== undefined) text += `${text === '{' ? '' : ','}${JSON.stringify(key)}:${canonical(inner)}`
  }
  return `${text}}`
}
