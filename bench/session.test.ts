import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { Session } from './session.ts'

const stubborn = "process.on('SIGTERM', () => {}); console.log('here'); setInterval(() => {}, 1000)"
const parent = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }); console.log('here'); setInterval(() => {}, 1000)`

function lives(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch {
    return false
  }
}

/** Whether a process group still has a member; waits up to 5 s for the last one to be gone. */
async function groupLives(id: number): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    if (!lives(-id)) return false
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return true
}

test('ending a session ends its programs and what they started, and removes its folder', async () => {
  const session = new Session()
  const child = session.children.start('parent', process.execPath, ['-e', parent])
  await new Promise<void>((resolve) => child.onLine(() => resolve()))
  assert.ok(lives(-child.pid))
  await session.end()
  assert.equal(await groupLives(child.pid), false)
  assert.equal(existsSync(session.folder), false)
})

test('a program that will not end is killed', async () => {
  const session = new Session()
  const child = session.children.start('stubborn', process.execPath, ['-e', stubborn])
  await new Promise<void>((resolve) => child.onLine(() => resolve()))
  await child.end(100)
  assert.equal(await child.ended, 137)
  await session.end()
})

test('a program that cannot be started says so', async () => {
  const session = new Session()
  const child = session.children.start('missing', join(session.folder, 'no-such-program'), [])
  assert.equal(await child.ended, 127)
  assert.match(child.lastWords(), /ENOENT/)
  await session.end()
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} in the middle of a run leaves no process and no folder behind`, async () => {
    const code = `
      import { Session } from ${JSON.stringify(join(import.meta.dirname, 'session.ts'))}
      const session = new Session()
      const child = session.children.start('parent', process.execPath, ['-e', ${JSON.stringify(parent)}])
      child.onLine(() => console.log(JSON.stringify({ pid: child.pid, folder: session.folder })))
      await new Promise((resolve) => setTimeout(resolve, 60_000))`
    const bench = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface(bench.stdout), 'line')) as [string]
    const { pid, folder } = JSON.parse(line) as { pid: number; folder: string }
    assert.ok(lives(-pid) && existsSync(folder))
    bench.kill(signal)
    const [status] = (await once(bench, 'exit')) as [number]
    assert.equal(status, signal === 'SIGINT' ? 130 : 143)
    assert.equal(await groupLives(pid), false)
    assert.equal(existsSync(folder), false)
  })
}
