import type { SchemaNode } from '../../src/contract/schema.ts'
import { grammarOf } from '../../src/config/grammar/gateway.ts'
import { policyOptions } from '../../src/policies/options.ts'

/** The whole grammar of this version as one tree. */
export const configTree = (): SchemaNode => grammarOf(policyOptions).gateway
