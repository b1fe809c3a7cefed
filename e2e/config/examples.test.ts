import { strict as assert } from 'node:assert'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { conflictsOf } from '../../src/checker.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadResult } from '../../src/contract/threads.ts'
import { policyOptions } from '../../src/policies/options.ts'

const folder = `${import.meta.dirname}/examples`
const golden = `${import.meta.dirname}/golden`

const load = (file: string, environment?: string): Promise<LoadResult> =>
  loadConfig({
    file,
    cwd: dirname(file),
    env: {},
    mode: 'start',
    policies: policyOptions,
    findConflicts: conflictsOf,
    generation: 1,
    ...(environment === undefined ? {} : { environment }),
  })

/** Worked examples whose every key this version does. */
const live = new Set(['16-server-sent-events', '18-cors', '21-path-rewriting-with-captures'])

/** A snapshot without what differs by machine. */
const stable = (result: LoadResult, file: string): string => {
  const { settings, ...snapshot } = result.snapshot ?? assert.fail('no snapshot')
  return `${JSON.stringify({ ...snapshot, settings: { ...settings, node: 'node' } }, null, 1).replaceAll(dirname(file), '.')}\n`
}

const files = globSync('**/gateway.yaml', { cwd: folder }).sort()
for (const name of files) {
  const file = `${folder}/${name}`
  const title = name.split('/')[0] ?? name
  if (live.has(title)) {
    test(`example ${title} loads to the snapshot that it always gave`, async () => {
      const result = await load(file)
      assert.deepEqual(result.diagnostics, [])
      const kept = `${golden}/${title}.json`
      if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(kept, stable(result, file))
      assert.deepEqual(JSON.parse(stable(result, file)), JSON.parse(readFileSync(kept, 'utf8')))
    })
  } else {
    test(`example ${title} (${name}) is refused only for what comes later`, async () => {
      const result = await load(file)
      assert.ok(result.diagnostics.length > 0)
      assert.equal(result.snapshot, undefined)
      assert.deepEqual(
        result.diagnostics
          .filter((one) => one.code !== 'GW1108')
          .map((one) => `${one.code} ${one.line} ${one.message}`),
        [],
      )
    })
  }
}

test('the overlay of example 35 is refused only for what comes later', async () => {
  const result = await load(`${folder}/35-an-overlay-for-each-environment/gateway.yaml`, 'production')
  assert.ok(result.diagnostics.some((one) => one.file === 'gateway.production.yaml'))
  assert.deepEqual(
    result.diagnostics.filter((one) => one.code !== 'GW1108'),
    [],
  )
})
