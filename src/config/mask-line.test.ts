import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
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

test('a line of one word without a break is read once, not once for each of its letters', () => {
  // Read anew from every letter, this takes half a minute.
  for (const line of ['tokentoken-'.repeat(20_000), `\${${'token'.repeat(40_000)}`, '${KEY:-'.repeat(30_000)])
    assert.equal(maskLine(line), line)
})

test('a masked line keeps its columns, and a secret behind a telling name never shows', () => {
  const name = fc.constantFrom('token', 'X-Api-Key', '"my-secret"', 'PASSWORD', "'passwd'")
  const before = fc.constantFrom('', 'a: { b: c, ', '- ', 'x: y z, ', '{ q: "k", ')
  const secret = fc.stringMatching(/^[a-z0-9]{6,12}$/).map((text) => `hush${text}`)
  const form = fc.constantFrom('@', "'@'", '"@"', '${X:-@}', '{ find: x, with: @ }', "{ with: '@', find: x }")
  fc.assert(
    fc.property(name, before, secret, form, (key, start, text, shape) => {
      const line = `${start}${key}: ${shape.replace('@', text)}`
      const shown = maskLine(line)
      assert.equal(shown.length, line.length)
      assert.ok(!shown.includes('hush'), shown)
    }),
  )
})
