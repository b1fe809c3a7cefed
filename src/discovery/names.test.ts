import assert from 'node:assert/strict'
import { mock, test, type TestContext } from 'node:test'
import type { TargetTable } from '../contract/threads.ts'
import { createNames } from './names.ts'
import { type NameAnswer, readHosts } from './system-names.ts'

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
const setUp = (t: TestContext, answers: Record<string, (NameAnswer | Error)[]>) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  const told: TargetTable[] = []
  const failures: string[] = []
  const asked: string[] = []
  const names = createNames({
    resolve: (name) => {
      asked.push(name)
      const list = answers[name] ?? []
      const answer = (list.length > 1 ? list.shift() : list[0]) ?? new Error('SERVFAIL')
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    onChange: (table) => told.push(table),
    onFailure: (name, reason) => failures.push(`${name}: ${reason}`),
  })
  t.after(() => names.close())
  return { names, told, failures, asked }
}

test('literal addresses stand for themselves and are never asked for', async (t) => {
  const { names, asked } = setUp(t, {})
  assert.deepEqual((await names.add(['192.0.2.7', '::1'])).addresses, { '192.0.2.7': ['192.0.2.7'], '::1': ['::1'] })
  assert.deepEqual(asked, [])
})

test('a name is asked again when its life time is over, and only a change is told', async (t) => {
  const { names, told, asked } = setUp(t, {
    a: [
      { addresses: ['192.0.2.1'], ttl: 5_000 },
      { addresses: ['192.0.2.1'], ttl: 5_000 },
      { addresses: ['192.0.2.2', '192.0.2.1'], ttl: 5_000 },
    ],
  })
  assert.deepEqual((await names.add(['a'])).addresses, { a: ['192.0.2.1'] })
  mock.timers.tick(4_999)
  await turns()
  assert.equal(asked.length, 1)
  mock.timers.tick(1)
  await turns()
  assert.equal(asked.length, 2)
  const before = told.length
  mock.timers.tick(5_000)
  await turns()
  assert.equal(told.length, before + 1)
  assert.deepEqual(told.at(-1)?.addresses, { a: ['192.0.2.2', '192.0.2.1'] })
})

test('addresses stay while nobody can be asked, and the failure is told once', async (t) => {
  const { names, failures } = setUp(t, { a: [{ addresses: ['192.0.2.1'], ttl: 1_000 }, new Error('SERVFAIL')] })
  await names.add(['a'])
  for (let i = 0; i < 5; i++) {
    mock.timers.tick(40_000)
    await turns()
  }
  assert.deepEqual(names.table().addresses, { a: ['192.0.2.1'] })
  assert.deepEqual(failures, ['a: SERVFAIL'])
})

test('a name that is gone loses its addresses at the second answer that says so', async (t) => {
  const { names } = setUp(t, {
    a: [
      { addresses: ['192.0.2.1'], ttl: 1_000 },
      { addresses: [], ttl: 1_000 },
    ],
  })
  await names.add(['a'])
  mock.timers.tick(1_000)
  await turns()
  assert.deepEqual(names.table().addresses, { a: ['192.0.2.1'] })
  mock.timers.tick(1_000)
  await turns()
  assert.deepEqual(names.table().addresses, { a: [] })
})

test('a name that is slow to resolve holds nobody up for longer than the patience', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  const names = createNames({
    resolve: () => new Promise(() => {}),
    onChange: () => {},
    onFailure: () => {},
    patience: 100,
  })
  const added = names.add(['slow'])
  mock.timers.tick(100)
  assert.deepEqual((await added).addresses, { slow: [] })
})

test('names that are no longer wanted are forgotten', async (t) => {
  const { names, asked } = setUp(t, {
    a: [{ addresses: ['192.0.2.1'], ttl: 1_000 }],
    b: [{ addresses: ['192.0.2.2'], ttl: 1_000 }],
  })
  await names.add(['a', 'b'])
  names.keep(['b'])
  mock.timers.tick(1_000)
  await turns()
  assert.deepEqual(asked, ['a', 'b', 'b'])
  assert.deepEqual(names.table().addresses, { b: ['192.0.2.2'] })
})

test('a hosts file is read with its comments, cases and repeats', () => {
  const hosts = readHosts(
    '127.0.0.1 localhost\n::1 localhost # comment\n# 192.0.2.9 no\n192.0.2.1\tDB db.test\n192.0.2.1 db\n',
  )
  assert.deepEqual(hosts.get('localhost'), ['127.0.0.1', '::1'])
  assert.deepEqual(hosts.get('db'), ['192.0.2.1'])
  assert.equal(hosts.get('no'), undefined)
})
