import type { KeyNode, SchemaNode } from '../../src/contract/schema.ts'
import { policyOptions } from '../../src/policies/options.ts'
import { configTree } from '../reference/config-tree.ts'
import type { Check } from './check.ts'

const unsaid = (says: string): boolean => says.trim() === '' || !/[.!?)]$/.test(says.trim())

const walk = (node: SchemaNode, path: string, problems: string[], seen: Set<SchemaNode>): void => {
  if (seen.has(node)) return
  seen.add(node)
  if (node.kind === 'object') {
    for (const [name, key] of Object.entries<KeyNode>(node.keys)) {
      const at = path === '' ? name : `${path}.${name}`
      if (key.node.kind === 'misplaced') continue
      if (unsaid(key.says)) problems.push(`${at}: no sentence ("${key.says}")`)
      walk(key.node, at, problems, seen)
    }
  } else if (node.kind === 'list' || node.kind === 'map' || node.kind === 'nullable')
    walk(node.of, path, problems, seen)
  else if (node.kind === 'union') for (const one of node.of) walk(one, path, problems, seen)
}

/** Every key of the grammar has a sentence for the reference and the editor. */
export const configKeys: Check = {
  run() {
    const problems: string[] = []
    const seen = new Set<SchemaNode>()
    walk(configTree(), '', problems, seen)
    for (const one of policyOptions) walk(one.schema.node, one.name, problems, seen)
    return problems
  },
}
