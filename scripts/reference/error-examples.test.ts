import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { checkConfig } from '../../src/checker.ts'
import { errorExamples } from './error-examples.ts'
import { pageExamples } from './config-pages.ts'

const check = async (
  text: string,
): Promise<readonly { readonly code: string; readonly severity: string; readonly message: string }[]> =>
  (await checkConfig({ cwd: tmpdir(), text, mode: 'start' })).diagnostics

for (const [code, { before, after }] of Object.entries(errorExamples)) {
  test(`the example of ${code} gives ${code}, and mended gives no error`, async () => {
    assert.ok(
      (await check(before)).some((one) => one.code === code),
      'before',
    )
    const left = await check(after)
    assert.deepEqual(
      left.filter((one) => one.code === code || one.severity === 'error'),
      [],
      'after',
    )
  })
}

for (const [section, text] of Object.entries(pageExamples)) {
  test(`the example on the page of ${section} passes check`, async () => {
    assert.deepEqual(await check(text), [])
  })
}
