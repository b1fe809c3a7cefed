import type { Policy, PolicyDefinition, PolicyHost } from '../../contract/policy.ts'
import type { CodeRef } from '../../contract/snapshot.ts'
import { nearest } from '../../lib/nearest.ts'
import { stages } from '../../lib/stages.ts'

const hooks: readonly (keyof Policy)[] = [
  'onRequest',
  'onRequestBody',
  'onAttempt',
  'onResponse',
  'transformResponse',
  'beforeEnd',
  'onEnd',
]
const parts: readonly (keyof Policy)[] = [...hooks, 'explain', 'close']
const dryModes: readonly unknown[] = [undefined, 'pure', 'peek', 'unknown']

const faultOf = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return 'is no policy; make it with definePolicy'
  const { name, stage, create, dry } = value as Partial<Record<keyof PolicyDefinition, unknown>>
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) return 'has no name'
  if (!(stages as readonly unknown[]).includes(stage)) {
    const near = typeof stage === 'string' ? nearest(stage, stages) : undefined
    const what = stage === undefined ? 'names no stage' : `names the stage ${JSON.stringify(stage)}`
    return near === undefined ? `${what}; stages are ${stages.join(', ')}` : `${what}; did you mean ${near}?`
  }
  if (typeof create !== 'function') {
    const misplaced = hooks.find((hook) => hook in value)
    const misspelled = Object.keys(value).find((key) => nearest(key, ['create']) !== undefined)
    if (misspelled !== undefined) return `has ${misspelled}; did you mean create?`
    return misplaced === undefined
      ? 'has no create'
      : `has ${misplaced} beside create; hooks belong to what create returns`
  }
  return dryModes.includes(dry) ? undefined : 'has a dry mode that is none of pure, peek, unknown'
}

/**
 * The definition of a policy of the user's, from what its file exports. It runs after the built-in policies of its
 * stage, and explain only names it unless it says more. Throws an Error that names file and reason when it is none.
 */
export const definitionOf = (value: unknown, ref: CodeRef): PolicyDefinition<never> => {
  const fault = faultOf(value)
  if (fault !== undefined) throw new Error(`${ref.file}: export ${ref.export} ${fault}`)
  const definition = value as PolicyDefinition<never>
  return {
    ...definition,
    rank: 0,
    // Stores cannot be read without being written yet, so what asks for that is only named.
    dry: definition.dry === 'pure' ? 'pure' : 'unknown',
    create: (options, host) => created(definition, ref, options, host),
  }
}

/** What `create` returns, when it is an object with hooks, none of them misspelled: it would never be called. */
const created = (definition: PolicyDefinition<never>, ref: CodeRef, options: never, host: PolicyHost): Policy => {
  const policy: unknown = definition.create?.(options, host)
  const failed = (what: string): Error => new Error(`${ref.file}: create of ${definition.name} returns ${what}`)
  if (typeof policy !== 'object' || policy === null || policy instanceof Promise) throw failed('no policy')
  const { body } = definition
  if ('onRequestBody' in policy && body?.request !== 'tap')
    throw failed("onRequestBody; say body: { request: 'tap' } in the definition")
  if ('transformResponse' in policy && body?.response !== 'transform')
    throw failed("transformResponse; say body: { response: 'transform' } in the definition")
  for (const [name, value] of Object.entries(policy)) {
    if (typeof value !== 'function' || (parts as readonly string[]).includes(name)) continue
    const near = nearest(name, parts)
    if (near !== undefined) throw failed(`${name}; did you mean ${near}?`)
  }
  return policy
}
