import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { files } from './tree.ts'

const names = (pattern: RegExp): string[] => files(pattern).map((path) => path.replace(pattern, ''))

test('the code of the example is the code of the template that init writes', () => {
  const [example, template] = ['examples/your-own-code/', 'templates/code/'] as const
  const code = /^examples\/your-own-code\/(?=(?:policies|handlers)\/)/
  const shared = names(code)
  assert.deepEqual(shared, names(/^templates\/code\/(?=(?:policies|handlers)\/)/))
  assert.ok(shared.includes('policies/tenant.ts'))
  for (const name of shared)
    assert.equal(readFileSync(example + name, 'utf8'), readFileSync(template + name, 'utf8'), name)
})
