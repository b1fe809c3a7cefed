import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { SchemaNode } from '../contract/schema.ts'
import { policyOptions } from '../policies/options.ts'
import { grammarOf } from './grammar/gateway.ts'

const source = ['types.ts', 'policy-types.ts']
  .map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8'))
  .join('\n')
const typed = new Set([...source.matchAll(/readonly ([A-Za-z]+)\??:/g)].map((found) => found[1]))

/** Every key that may be written in this version, at any depth. */
const liveKeys = (node: SchemaNode, keys: Set<string>): Set<string> => {
  if (node.kind === 'object') {
    for (const [name, key] of Object.entries(node.keys)) {
      if (key.later !== undefined || key.node.kind === 'later' || key.node.kind === 'misplaced') continue
      keys.add(name)
      liveKeys(key.node, keys)
    }
  } else if (node.kind === 'union') for (const one of node.of) liveKeys(one, keys)
  else if (node.kind === 'list' || node.kind === 'map' || node.kind === 'keyed' || node.kind === 'nullable')
    liveKeys(node.of, keys)
  return keys
}

test('every key of the grammar has its place in the types of defineConfig, and no other key has one', () => {
  const live = liveKeys(grammarOf(policyOptions).gateway, new Set())
  assert.ok(live.size > 80)
  assert.deepEqual(
    [...live].filter((key) => !typed.has(key)),
    [],
  )
  assert.deepEqual(
    [...typed].filter((key) => key !== undefined && !live.has(key)),
    [],
  )
})
