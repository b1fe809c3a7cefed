import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entriesOf } from './event-log.ts'

test('a refused reload is told finding by finding, with its place, and then as a whole', () => {
  const entries = entriesOf({
    kind: 'refused',
    reason: 'the configuration has errors',
    ms: 1.26,
    diagnostics: [
      { severity: 'error', code: 'GW1101', message: 'unknown key', file: 'gateway.yaml', line: 3, column: 5 },
      { severity: 'warning', code: 'GW2001', message: 'not used', file: 'gateway.yaml', line: 4, column: 1 },
    ],
  })
  assert.deepEqual(
    entries.map(({ level, message }) => [level, message]),
    [
      ['error', 'unknown key'],
      ['warn', 'not used'],
      ['error', 'reload refused, the running configuration stays'],
    ],
  )
  assert.equal(entries[0]?.fields['line'], 3)
  assert.equal(entries[2]?.fields['ms'], 1.3)
})
