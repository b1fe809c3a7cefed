import type { PolicyDefinition } from '../../contract/policy.ts'
import type { CodeRef } from '../../contract/snapshot.ts'
import { stages } from '../../lib/stages.ts'
import type { UseOptions } from './options.ts'

/** Rank of policies of one's own: after every built-in one of their stage, in the order they were written. */
const afterBuiltIn = 100

/** Where the code of each used policy is, in the order written. */
export const usedPolicies = (options: UseOptions): readonly CodeRef[] =>
  options.map((entry) =>
    typeof entry === 'string'
      ? { file: entry, export: 'default', options: undefined }
      : { file: entry.policy, export: 'default', options: entry.options },
  )

const hooks = [
  'onRequest',
  'onRequestBody',
  'onAttempt',
  'onResponse',
  'transformResponse',
  'onEnd',
  'explain',
  'close',
] as const

const faultOf = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return 'is no policy; make it with definePolicy'
  const { name, stage, create, settings } = value as Partial<Record<keyof PolicyDefinition, unknown>>
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) return 'has no name'
  if (!(stages as readonly unknown[]).includes(stage)) return `names no stage; stages are ${stages.join(', ')}`
  if (typeof create !== 'function' && typeof settings !== 'function') {
    const misplaced = hooks.find((hook) => hook in value)
    return misplaced === undefined
      ? 'has no create'
      : `has ${misplaced} beside create; hooks belong to what create returns`
  }
  return undefined
}

/** The definition that an imported module exports under a reference's name. Throws an Error that names the file when it is none. */
export const definitionOf = (module: Readonly<Record<string, unknown>>, ref: CodeRef): PolicyDefinition => {
  const value = module[ref.export]
  const fault = faultOf(value)
  if (fault !== undefined) throw new Error(`${ref.file}: export ${ref.export} ${fault}`)
  const definition = value as PolicyDefinition
  const made = { ...definition, rank: afterBuiltIn, dry: definition.dry ?? 'unknown' }
  return definition.answers === undefined ? made : { ...made, answers: { ...definition.answers, rank: afterBuiltIn } }
}
