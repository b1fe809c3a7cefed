import assert from 'node:assert/strict'
import { test } from 'node:test'
import { definitionOf, usedPolicies } from './use.ts'

const ref = { file: './policies/tenant.ts', export: 'default', options: undefined }

test('files and files with options become references in the order written', () => {
  assert.deepEqual(usedPolicies(['./a.ts', { policy: './b.ts', options: { x: 1 } }]), [
    { file: './a.ts', export: 'default', options: undefined },
    { file: './b.ts', export: 'default', options: { x: 1 } },
  ])
})

test('a definition runs after the built-in policies of its stage, and explain only describes it unless it says more', () => {
  const definition = definitionOf({ default: { name: 'tenant', stage: 'authorize', create: () => ({}) } }, ref)
  assert.equal(definition.rank, 100)
  assert.equal(definition.dry, 'unknown')
  const pure = definitionOf(
    {
      default: {
        name: 'tenant',
        stage: 'limit',
        rank: 0,
        dry: 'pure',
        answers: { stage: 'respond', rank: 0 },
        create: () => ({}),
      },
    },
    ref,
  )
  assert.equal(pure.dry, 'pure')
  assert.deepEqual(pure.answers, { stage: 'respond', rank: 100 })
})

test('what is no definition is refused with the file and the reason', () => {
  const create = (): object => ({})
  for (const [value, reason] of [
    [undefined, /tenant\.ts: export default is no policy/],
    ['x', /is no policy/],
    [{ stage: 'limit', create }, /has no name/],
    [{ name: '../x', stage: 'limit', create }, /has no name/],
    [{ name: 'x', stage: 'early', create }, /names no stage; stages are receive, lists/],
    [{ name: 'x', stage: 'limit' }, /has no create/],
    [{ name: 'x', stage: 'limit', onRequest: create }, /has onRequest beside create/],
  ] as const)
    assert.throws(() => definitionOf({ default: value }, ref), reason)
})
