import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { stages } from '../lib/stages.ts'
import { policyDefinitions } from './definitions.ts'
import { fakeHost } from './exchange.fixture.ts'
import { policyOptions } from './options.ts'

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort()

test('every folder is a policy with options, and nothing else is', () => {
  assert.deepEqual(policyOptions.map(({ name }) => name).sort(), folders)
})

test('every folder holds its four files and no fifth', () => {
  for (const folder of folders) {
    assert.deepEqual(
      readdirSync(`${import.meta.dirname}/${folder}`).sort(),
      [`${folder}.test.ts`, `${folder}.ts`, 'example.yaml', 'options.ts'].sort(),
      folder,
    )
  }
})

test('every policy but use has a definition under its own name, in a stage', async () => {
  assert.deepEqual([...Object.keys(policyDefinitions), 'use'].sort(), folders)
  for (const [name, load] of Object.entries(policyDefinitions)) {
    const definition = await load()
    assert.equal(definition.name, name)
    assert.ok(stages.includes(definition.stage))
    assert.ok(definition.create !== undefined || definition.settings !== undefined, name)
  }
})

test('no two policies share a place in a stage', async () => {
  const places = new Set<string>()
  for (const load of Object.values(policyDefinitions)) {
    const { stage, rank, answers } = await load()
    for (const place of [`${stage} ${rank}`, ...(answers === undefined ? [] : [`${answers.stage} ${answers.rank}`])]) {
      assert.ok(!places.has(place), place)
      places.add(place)
    }
  }
})

test('what holds when nothing is written can be made', async () => {
  for (const { name, builtIn } of policyOptions) {
    if (builtIn === undefined) continue
    const definition = await policyDefinitions[name]?.()
    definition?.settings?.(builtIn, fakeHost())
    definition?.create?.(builtIn, fakeHost())
  }
})

test('policies that may refuse are guards', () => {
  const guards = policyOptions.filter(({ kind }) => kind === 'guard').map(({ name }) => name)
  assert.deepEqual(guards.sort(), ['allow', 'bodyLimit', 'deny'])
})
