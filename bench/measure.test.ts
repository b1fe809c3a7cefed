import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { cpuBetween, readCpu, readMemory, readWaitedFor, treeOf } from './measure.ts'

const reading = (threads: Record<string, number>, processes: Record<string, number>, reaped = 0) => ({
  threads: new Map(Object.entries(threads)),
  processes: new Map(Object.entries(processes)),
  reaped,
})

test('the same threads at both ends are counted to the microsecond', () => {
  const before = reading({ '7/7': 100, '7/8': 50 }, { 7: 0 })
  const after = reading({ '7/7': 130, '7/8': 75 }, { 7: 10_000 })
  assert.equal(cpuBetween(before, after), 55)
})

test('a thread that has ended is not forgotten: the process counts in ticks', () => {
  const before = reading({ '7/7': 100, '7/8': 50 }, { 7: 10_000 })
  const after = reading({ '7/7': 130 }, { 7: 40_000 })
  assert.equal(cpuBetween(before, after), 30_000)
})

test('processes that came in between, and those waited for, count whole', () => {
  const before = reading({ '7/7': 100 }, { 7: 0 })
  const after = reading({ '7/7': 110, '9/9': 5 }, { 7: 0, 9: 20_000 }, 30_000)
  assert.equal(cpuBetween(before, after), 50_010)
})

test('a busy child of a child is part of the tree and its time is seen', async () => {
  const inner = 'const until = Date.now() + 300; while (Date.now() < until); setInterval(() => {}, 1000)'
  const outer = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', outer], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  try {
    const first = readCpu(pid)
    let spent = 0
    for (let i = 0; i < 600 && spent < 200_000; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      spent = cpuBetween(first, readCpu(pid))
    }
    assert.ok(spent >= 200_000, `${spent} µs`)
    assert.equal(treeOf(pid).length, 2)
    assert.ok(readMemory(pid) > 20_000_000)
  } finally {
    const waited = readWaitedFor()
    process.kill(-pid, 'SIGKILL')
    await once(child, 'exit')
    assert.ok(readWaitedFor() >= waited)
  }
})
