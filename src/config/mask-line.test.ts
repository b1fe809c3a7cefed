import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskLine } from './mask-line.ts'

test('defaults of references are masked under telling names and variables, and nowhere else', () => {
  const pairs: readonly (readonly [string, string])[] = [
    ['port: ${PORT:-8080}', 'port: ${PORT:-8080}'],
    ['token: ${X:-abc}', 'token: ${X:-***}'],
    ['x: ${API_TOKEN:-abc}', 'x: ${API_TOKEN:-***}'],
    ['token: "${X}"', 'token: "${X}"'],
    ['password: hunter2', 'password: *******'],
  ]
  for (const [line, shown] of pairs) assert.equal(maskLine(line), shown)
})

test('what a replacement puts into a telling field is masked', () => {
  assert.equal(
    maskLine('replace: { Authorization: { find: x, with: "Bearer abc" } }'),
    'replace: { Authorization: { find: x, with: ************ } }',
  )
  assert.equal(maskLine('replace: { X-Kind: { find: x, with: abc } }'), 'replace: { X-Kind: { find: x, with: abc } }')
})
