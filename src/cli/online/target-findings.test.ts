import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WrittenTarget } from '../../checker.ts'
import { targetFindings } from './target-findings.ts'

const target = (url: string, line: number): WrittenTarget => ({
  service: 'a',
  url,
  shown: url.replace('secret', '${NAME}'),
  path: `services.a.targets[${line}]`,
  origin: { file: 'gateway.yaml', line, column: 3, endColumn: 9 },
  source: undefined,
})
const limits = { atOnce: 2, target: 20_000, all: 60_000 }
const never = (): Promise<never> => new Promise(() => undefined)

test('every target that cannot be reached is an error at its place, in the order of the file', async () => {
  const asked: string[] = []
  const find = (name: string): Promise<{ addresses: readonly string[] }> => {
    asked.push(name)
    return Promise.resolve({ addresses: [] })
  }
  const urls = ['http://secret.internal', 'http://127.0.0.1:1', 'http://secret.internal']
  const found = await targetFindings(
    urls.map((url, index) => target(url, index + 1)),
    find,
    limits,
  )
  assert.deepEqual(
    found.map(({ severity, code, line }) => [severity, code, line]),
    [
      ['error', 'GW1501', 1],
      ['error', 'GW1502', 2],
      ['error', 'GW1501', 3],
    ],
  )
  assert.equal(asked.length, 1, 'a URL that is written twice is tried once')
  assert.equal(found[0]?.message, 'the name of target "http://${NAME}.internal" does not resolve: no such name')
  assert.equal(found[0].path, 'services.a.targets[1]')
})

test('what there is no time for is one warning, at the first of them', async () => {
  const targets = Array.from({ length: 5 }, (_, index) => target(`http://name-${index}.internal`, index + 1))
  const found = await targetFindings(targets, never, { atOnce: 2, target: 20_000, all: 500 })
  assert.deepEqual(
    found.map(({ severity, code, line }) => [severity, code, line]),
    [
      ['error', 'GW1501', 1],
      ['error', 'GW1501', 2],
      ['warning', 'GW1503', 3],
    ],
  )
  assert.match(found[2]?.message ?? '', /^3 targets could not be tried within 0\.5 s/)
})

test('no more than so many are tried at once', async () => {
  let now = 0
  let most = 0
  const find = async (): Promise<{ addresses: readonly string[] }> => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setTimeout(resolve, 5))
    now--
    return { addresses: [] }
  }
  const targets = Array.from({ length: 9 }, (_, index) => target(`http://name-${index}.internal`, index + 1))
  assert.equal((await targetFindings(targets, find, { ...limits, atOnce: 3 })).length, 9)
  assert.equal(most, 3)
})
