import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { fixConfig, type Examine } from './fix-config.ts'

const fileOf = (t: TestContext, text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'gwanmun-fix-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'gateway.yaml')
  writeFileSync(path, text)
  return path
}

const finding = (file: string, from: string, to: string): Diagnostic => ({
  severity: 'error',
  code: 'GW1101',
  message: 'unknown key',
  file,
  line: 1,
  column: 1,
  endColumn: 1 + from.length,
  fix: { from, to },
})

/** A check of a file that reads `read` there and finds what `findings` says of its text. */
const examineOf =
  (path: string, read: string, findings: (text: string) => readonly Diagnostic[]): Examine =>
  (edited) => {
    const text = edited.get(path) ?? read
    const verdict = { file: path, diagnostics: findings(text), routes: 0, services: 0, took: 0 }
    return Promise.resolve({ verdict, texts: new Map([[path, text]]) })
  }

test('what a correction brings to light is corrected too, and the file is written once', async (t) => {
  const path = fileOf(t, 'a')
  const steps: Readonly<Record<string, string>> = { a: 'b', b: 'c' }
  const verdict = await fixConfig(
    examineOf(path, 'a', (text) => (steps[text] === undefined ? [] : [finding(path, text, steps[text])])),
  )
  assert.equal(readFileSync(path, 'utf8'), 'c')
  assert.deepEqual(
    verdict.fixed?.map(({ from, to }) => `${from} ${to}`),
    ['a b', 'b c'],
  )
  assert.deepEqual(verdict.diagnostics, [])
})

test('corrections that undo each other end', async (t) => {
  const path = fileOf(t, 'a')
  const other: Readonly<Record<string, string>> = { a: 'b', b: 'a' }
  const verdict = await fixConfig(examineOf(path, 'a', (text) => [finding(path, text, other[text] ?? '')]))
  assert.equal(verdict.diagnostics.length, 1)
})

test('a round that would make it worse is left out, the one before stays', async (t) => {
  const path = fileOf(t, 'a')
  const found: Readonly<Record<string, readonly Diagnostic[]>> = {
    a: [finding(path, 'a', 'b')],
    b: [finding(path, 'b', 'c')],
    c: [finding(path, 'x', 'y'), finding(path, 'y', 'z')],
  }
  const verdict = await fixConfig(examineOf(path, 'a', (text) => found[text] ?? []))
  assert.equal(readFileSync(path, 'utf8'), 'b')
  assert.equal(verdict.fixed?.length, 1)
  assert.equal(verdict.notFixed, '1 correction would leave 2 errors where there is 1 now')
})

test('a file that cannot be replaced ends with exit code 1 and its reason', async (t) => {
  const path = fileOf(t, 'changed since')
  const examine = examineOf(path, 'a', (text) => (text === 'a' ? [finding(path, 'a', 'b')] : []))
  await assert.rejects(fixConfig(examine), { name: 'Stop', code: 1, message: /was not corrected: it was changed/ })
  assert.equal(readFileSync(path, 'utf8'), 'changed since')
})
