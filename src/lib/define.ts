import type { HandlerFunction } from '../contract/handler.ts'
import type { BodyUse, Policy, PolicyHost, Stage } from '../contract/policy.ts'

/** Anything with the Standard Schema interface: a schema of zod, valibot, arktype and others. */
export interface OptionsSchema<Options> {
  readonly '~standard': { readonly types?: { readonly output: Options } | undefined; validate(value: unknown): unknown }
}

/** A policy of your own (config.md §8.4). */
export interface OwnPolicy<Options> {
  /** Shown by `explain`, in the log and in metrics. */
  readonly name: string
  /** The stage it runs in, after the built-in policies of that stage. */
  readonly stage: Stage
  /** Checks the options given in the configuration and makes their type known to `create`. */
  readonly options?: OptionsSchema<Options>
  readonly body?: { readonly request?: BodyUse; readonly response?: BodyUse }
  /** What `explain` may do: run it (`pure`), or only name it (`unknown`, the default; so is `peek`, for what counts or keeps something). */
  readonly dry?: 'pure' | 'peek' | 'unknown'
  /** Called once at load for each place the policy is used; what is expensive belongs here. */
  create(options: Options, host: PolicyHost): Policy
}

/** Gives a policy its types; what it returns is what was given. */
export const definePolicy = <Options = Readonly<Record<string, unknown>>>(
  policy: OwnPolicy<Options>,
): OwnPolicy<Options> => policy

/** Gives a handler its types; what it returns is what was given. */
export const defineHandler = (handler: HandlerFunction): HandlerFunction => handler
