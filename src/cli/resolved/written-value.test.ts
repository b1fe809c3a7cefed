import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseYamlValue } from './written-value.fixture.ts'
import { key, many, object, orNone, scalar, union } from '../../lib/schema.ts'
import { writtenDuration, writtenShare, writtenSize, writtenValue } from './written-value.ts'
import { yamlFlow, yamlLines } from './yaml-writer.ts'

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  B: 1,
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
}
const read = (text: string): number => {
  const [, number = '', unit = ''] = /^(\d+)([A-Za-z]+)$/.exec(text) ?? []
  return Number(number) * (units[unit] ?? Number.NaN)
}

test('durations and sizes are written with the largest unit that loses nothing', () => {
  fc.assert(
    fc.property(fc.nat(), (value) => read(writtenDuration(value)) === value && read(writtenSize(value)) === value),
  )
  assert.deepEqual(
    [writtenDuration(5000), writtenDuration(90_000), writtenSize(10 * 1024 ** 2), writtenShare(0.005)],
    ['5s', '90s', '10MB', '0.5%'],
  )
})

test('a checked value becomes what its schema would be written as', () => {
  const schema = object({
    wait: key(orNone(scalar('duration')), 'Time.'),
    statuses: key(many(scalar('statusRange')), 'Statuses.'),
    secret: key(scalar('secret'), 'Secret.'),
    limit: key(union(scalar('boolean'), scalar('size')), 'Either.'),
  })
  assert.deepEqual(
    writtenValue(schema.node, {
      wait: null,
      statuses: [
        [500, 599],
        [404, 404],
        [200, 399],
      ],
      secret: 'hush',
      limit: 2048,
    }),
    {
      wait: 'none',
      statuses: ['5xx', 404, '200-399'],
      secret: '***',
      limit: '2KB',
    },
  )
})

test('YAML that is written is read back as what it was', () => {
  // An object literal cannot hold that key as a key of its own.
  const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__')
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true }),
      fc.array(tie('any'), { maxLength: 3 }),
    ),
  })).any
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[A-Za-z][\w -]{0,10}$/), value, {
        minKeys: 1,
        maxKeys: 5,
        noNullPrototype: true,
      }),
      (tree) => {
        assert.deepEqual(parseYamlValue(yamlLines(tree, new Map()).join('\n')), tree)
        assert.deepEqual(parseYamlValue(yamlFlow(tree)), tree)
      },
    ),
    { numRuns: 300 },
  )
})
