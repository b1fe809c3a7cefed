import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { conflictsOf } from '../../src/checker.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadResult } from '../../src/contract/threads.ts'
import { policyOptions } from '../../src/policies/options.ts'
import { mutantsOf, type Mutant } from './mutations.ts'

const folder = `${import.meta.dirname}/bases`
const bases = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

const check = (text: string): Promise<LoadResult> =>
  loadConfig({
    text,
    cwd: folder,
    env: { CI_TOKEN: '0123456789abcdef0123' },
    mode: 'start',
    policies: policyOptions,
    findConflicts: conflictsOf,
    generation: 1,
  })

const hasSuggestion = (result: LoadResult, mutant: Mutant): boolean =>
  result.diagnostics.some(
    (one) => one.line === mutant.line && one.help?.includes(`"${mutant.suggestion ?? ''}"`) === true,
  )

for (const name of bases) {
  test(`every mutant of ${name} is refused on its line, told once, and misspellings get the right word`, async () => {
    const text = readFileSync(`${folder}/${name}`, 'utf8')
    assert.deepEqual((await check(text)).diagnostics, [], 'the base itself is valid')
    const silent: string[] = []
    const misplaced: string[] = []
    const unsuggested: string[] = []
    let suggestions = 0
    const cascades: string[] = []
    let mutants = 0
    for (const mutant of mutantsOf(text)) {
      // eslint-disable-next-line no-await-in-loop -- one after the other keeps the memory small
      const result = await check(mutant.text)
      const errors = result.diagnostics.filter((one) => one.severity === 'error')
      const about = `${mutant.kind} ${mutant.line}:${mutant.column ?? ''} ${mutant.what} → ${errors.map((one) => `${one.code} ${one.line}:${one.column} ${one.message}`).join(' | ')}`
      if (errors.length === 0 || result.snapshot !== undefined) silent.push(about)
      else if (
        !errors.some(
          (one) =>
            one.line === mutant.line &&
            (mutant.column === undefined || Math.abs(one.column - mutant.column) <= 1 || covers(one, mutant)),
        )
      )
        misplaced.push(about)
      mutants++
      if (result.diagnostics.length > 1) cascades.push(about)
      if (mutant.suggestion === undefined) continue
      suggestions++
      if (!hasSuggestion(result, mutant)) unsuggested.push(`${about} | ${errors.map((one) => one.help).join(' | ')}`)
    }
    assert.deepEqual(silent, [])
    assert.deepEqual(misplaced, [])
    assert.ok(mutants > 20)
    assert.ok(cascades.length <= mutants * 0.01, `one mistake, several diagnostics:\n${cascades.join('\n')}`)
    assert.ok(
      unsuggested.length <= suggestions * 0.05,
      `${unsuggested.length} of ${suggestions}:\n${unsuggested.join('\n')}`,
    )
  })
}

/** The marked range holds the place: an expression inside a value may be marked by itself. */
const covers = (one: { readonly column: number; readonly endColumn?: number }, mutant: Mutant): boolean => {
  const column = mutant.column ?? 0
  return one.column <= column + 40 && (one.endColumn ?? one.column) >= column
}
