import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createAssembler } from './assembler.ts'
import { policyOf, routeOf, snapshotOf } from './fixtures/snapshot.ts'
import { packSnapshot } from './parcel.ts'
import { lastGoodPath, openStateFolder, readLastGood } from './state-folder.ts'

const folderOf = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'gwanmun-state-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
const snapshot = snapshotOf({
  routes: Array.from({ length: 400 }, (_, i) => routeOf(`r${i}é`, i, [policyOf('timeout', { total: i }, i)])),
})

test('11.9 what is kept is read again as the same snapshot, private to its owner', async (t) => {
  const folder = join(await folderOf(t), 'deep', 'state')
  const state = await openStateFolder(folder)
  assert.equal(state.writable, true)
  await state.keep(packSnapshot(snapshot).full)
  const parcel = await readLastGood(folder)
  assert.ok(parcel !== undefined)
  assert.deepEqual(
    JSON.parse(JSON.stringify(await createAssembler().read(parcel))),
    JSON.parse(JSON.stringify(snapshot)),
  )
  assert.equal((await stat(lastGoodPath(folder))).mode & 0o77, 0)
  assert.deepEqual(await readdir(folder), ['last-good.jsonl'])
})

test('11.9 a last good file cut at any place is not taken', async (t) => {
  const folder = await folderOf(t)
  await (await openStateFolder(folder)).keep(packSnapshot(snapshot).full)
  const size = (await stat(lastGoodPath(folder))).size
  const whole = await readFile(lastGoodPath(folder))
  for (const length of [0, 1, 40, size >> 1, size - 30, size - 2]) {
    await writeFile(lastGoodPath(folder), whole)
    await truncate(lastGoodPath(folder), length)
    assert.equal(await readLastGood(folder), undefined, `cut at ${length}`)
  }
})

test('overlapping keeps leave the latest', async (t) => {
  const folder = await folderOf(t)
  const state = await openStateFolder(folder)
  await Promise.all(
    ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map((hash) =>
      state.keep(packSnapshot({ ...snapshot, hash }).full),
    ),
  )
  assert.equal((await readLastGood(folder))?.hash, 'cccccccccccc')
})

test('a folder that cannot be made says so and keeps nothing', async (t) => {
  const folder = await folderOf(t)
  await writeFile(join(folder, 'file'), '')
  await chmod(folder, 0o500)
  const state = await openStateFolder(join(folder, 'file', 'state'))
  assert.equal(state.writable, false)
  assert.match(state.reason ?? '', /ENOTDIR|EACCES|EEXIST/)
  await state.keep(packSnapshot(snapshot).full)
  await chmod(folder, 0o700)
})
