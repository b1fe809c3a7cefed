import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { arbitraryEntries, arbitraryInput } from './arbitrary.fixture.ts'
import { naiveMatch } from './naive.fixture.ts'
import { createRouter } from './router.ts'

test('the router answers as a naive matcher does, over random routes and requests', () => {
  let matched = 0
  let refused = 0
  fc.assert(
    fc.property(
      arbitraryEntries({ expressions: true, addresses: true }),
      fc.array(arbitraryInput, { minLength: 6, maxLength: 6 }),
      (entries, inputs) => {
        const router = createRouter(entries)
        for (const input of inputs) {
          const { value, params, allow } = router.match(input)
          const expected = naiveMatch(entries, input)
          assert.deepEqual({ value, allow }, { value: expected.value, allow: expected.allow })
          // Two patterns of one route may be of one rank; then either may name what it captured.
          if (entries[value ?? 0]?.paths.length === 1) assert.deepEqual({ ...params }, expected.params)
          if (value !== undefined) matched++
          else if (allow !== undefined) refused++
        }
      },
    ),
    { numRuns: 6_000 },
  )
  // The generators would prove little if nearly everything were 404.
  assert.ok(matched > 6_000 && refused > 1_000, `${matched} matched, ${refused} refused`)
})
