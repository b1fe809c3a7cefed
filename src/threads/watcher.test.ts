import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { filePlaces } from './file-places.ts'
import { createWatcher, type Watcher } from './watcher.ts'

const folderOf = async (t: TestContext): Promise<string> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gwanmun-watch-')))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}
/** A watcher, and a promise for each change to come. */
const watching = (
  t: TestContext,
): { readonly watcher: Watcher; readonly change: () => Promise<void>; readonly errors: string[] } => {
  let wake = (): void => undefined
  let changes = 0
  const errors: string[] = []
  const watcher = createWatcher(
    () => {
      changes++
      wake()
    },
    (folder) => errors.push(folder),
  )
  t.after(() => watcher.close())
  const change = async (): Promise<void> => {
    if (changes === 0) await new Promise<void>((resolve) => (wake = resolve))
    changes = 0
  }
  return { watcher, change, errors }
}
/** What a kubelet does: a new folder, a link beside the old one, and a rename over it. */
const publish = async (folder: string, version: string): Promise<void> => {
  await mkdir(join(folder, `..${version}`))
  await writeFile(join(folder, `..${version}`, 'gateway.yaml'), version)
  await symlink(`..${version}`, join(folder, '..data_tmp'))
  await rename(join(folder, '..data_tmp'), join(folder, '..data'))
}

test('the update of a ConfigMap is noticed, time after time', async (t) => {
  const folder = await folderOf(t)
  await publish(folder, 'one')
  const file = join(folder, 'gateway.yaml')
  await symlink('..data/gateway.yaml', file)
  const { watcher, change } = watching(t)
  watcher.watch([file])
  for (const [version, old] of [
    ['two', 'one'],
    ['three', 'two'],
  ] as const) {
    await publish(folder, version)
    await rm(join(folder, `..${old}`), { recursive: true })
    await change()
  }
})

test('a file in another folder that a link leads to is watched there, and after the link was set anew too', async (t) => {
  const folder = await folderOf(t)
  for (const name of ['a', 'b', 'links']) await mkdir(join(folder, name))
  for (const name of ['a', 'b']) await writeFile(join(folder, name, 'real.conf'), '1')
  const file = join(folder, 'links', 'gateway.yaml')
  await symlink('../a/real.conf', file)
  const { watcher, change } = watching(t)
  watcher.watch([file])
  await writeFile(join(folder, 'a', 'real.conf'), '2')
  await change()
  await symlink('../b/real.conf', `${file}.new`)
  await rename(`${file}.new`, file)
  await change()
  await writeFile(join(folder, 'b', 'real.conf'), '2')
  await change()
})

test('a folder that cannot be watched is told once', async (t) => {
  const folder = await folderOf(t)
  const { watcher, errors } = watching(t)
  for (let i = 0; i < 2; i++) watcher.watch([join(folder, 'nowhere', 'gateway.yaml')])
  assert.deepEqual(errors, [join(folder, 'nowhere')])
})

test('links that lead in a circle end, and what is not there has one place', async (t) => {
  const folder = await folderOf(t)
  await symlink('b', join(folder, 'a'))
  await symlink('a', join(folder, 'b'))
  assert.deepEqual([...new Set(filePlaces(join(folder, 'a')))], [join(folder, 'a'), join(folder, 'b')])
  assert.deepEqual([...new Set(filePlaces(join(folder, 'none')))], [join(folder, 'none')])
})
