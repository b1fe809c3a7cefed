import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { checkConfig } from '../../src/checker.ts'
import { files } from '../../scripts/tree.ts'
import { command, folder, root } from '../cli/command.ts'
import { blocksOf } from './blocks.ts'

/** Files that a page's configurations name, so that check can find them. */
const besides: Readonly<Record<string, readonly string[]>> = {
  'docs/how-to/your-own-code.md': ['policies/tenant.ts', 'handlers/order-page.ts'],
}

for (const page of files(/^docs\/(?:tutorials|how-to|explanation)\/.*\.md$/)) {
  const all = blocksOf(readFileSync(join(root, page), 'utf8'))
  const blocks = all.filter((block) => block.language === 'yaml')
  if (blocks.length === 0) continue
  test(`the configurations on ${page} pass check`, async (t) => {
    const named: Record<string, string> = {}
    const plain: string[] = []
    for (const { text } of blocks) {
      const name = /^# (\S+\.yaml)\n/.exec(text)?.[1]
      if (name === undefined) plain.push(text)
      else named[name] = text
    }
    for (const { text, language } of all) {
      const name = language === 'ts' ? /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] : undefined
      if (name !== undefined) named[name] = text
    }
    for (const extra of besides[page] ?? [])
      named[extra] = readFileSync(join(root, 'examples/your-own-code', extra), 'utf8')
    // A page may leave files of other teams to the reader; those get an empty one.
    for (const [, file] of Object.values(named)
      .join('\n')
      .matchAll(/files: (\S+?)[,\s]/g))
      named[file as string] ??= 'routes: {}\n'
    const cwd = folder(t, named)
    if (named['gateway.yaml'] !== undefined) {
      const { code, stdout } = await command(['check'], { cwd })
      assert.equal(code, 0, stdout)
    }
    for (const text of plain) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, to name the first that fails
      const { diagnostics } = await checkConfig({ cwd, text, mode: 'start' })
      assert.deepEqual(
        diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.code} ${one.message}`),
        [],
        `${dirname(page)}\n${text}`,
      )
    }
  })
}
