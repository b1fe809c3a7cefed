import type { PolicyDefinition } from '../contract/policy.ts'

/** The one method of the Standard Schema interface that is used: zod, valibot, arktype and others have it. */
interface StandardSchema {
  readonly '~standard': {
    validate(
      value: unknown,
    ): { readonly value: unknown } | { readonly issues: readonly { readonly message: string }[] } | Promise<unknown>
  }
}
const isStandard = (options: unknown): options is StandardSchema =>
  (typeof options === 'object' || typeof options === 'function') && options !== null && '~standard' in options

/** Options of a policy of the user's, checked by its own schema if it brings one. Throws what the schema says. */
export const checkedOptions = (
  definition: PolicyDefinition<never> & { readonly options?: unknown },
  options: unknown,
): unknown => {
  const given = options ?? {}
  if (!isStandard(definition.options)) return given
  const result = definition.options['~standard'].validate(given)
  if (result instanceof Promise)
    throw new TypeError(
      `policy ${definition.name}: its options are checked asynchronously, which a load cannot wait for`,
    )
  if ('issues' in result && result.issues !== undefined)
    throw new TypeError(`policy ${definition.name}: ${result.issues.map((issue) => issue.message).join('; ')}`)
  return (result as { readonly value: unknown }).value
}
