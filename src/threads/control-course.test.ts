import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { type ControlCourse, type ControlOrder, createControlCourse } from './control-course.ts'

const orderOf = (load: number): ControlOrder => ({ load }) as ControlOrder
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await Promise.resolve()
}

/** A control thread whose answers come when the test says so, and which keeps the rule that a commit needs its prepare. */
class FakeControl {
  /** What the thread at hand has prepared and runs; it is undefined while none lives. */
  life: { prepared: number; runs: number } | undefined
  /** Commits that fail though the thread lives: a port that is taken. */
  refusals = 0
  readonly failures: string[] = []
  readonly course: ControlCourse
  private readonly waiting: ((died: boolean) => void)[] = []
  private readonly pauses: (() => void)[] = []

  constructor() {
    this.course = createControlCourse({
      start: () => {
        const life = { prepared: 0, runs: 0 }
        this.life = life
        return this.answer(() => undefined)
      },
      prepare: ({ load }) =>
        this.answer((life) => {
          life.prepared = load
          return { addresses: {} }
        }),
      commit: ({ load }) =>
        this.answer((life) => {
          if (life.prepared !== load) throw new Error(`load ${load} was not prepared`)
          if (this.refusals > 0) {
            this.refusals--
            throw new Error('taken')
          }
          life.runs = load
          return { host: 'localhost', port: 9000 + load }
        }),
      targets: () => {},
      failed: (error) => this.failures.push((error as Error).message),
      later: (work) => this.pauses.push(work),
    })
  }

  private answer<T>(work: (life: { prepared: number; runs: number }) => T): Promise<T> {
    const { life } = this
    return new Promise((resolve, reject) => {
      if (life === undefined) return reject(new Error('control ended'))
      this.waiting.push((died) => {
        if (died) return reject(new Error('control ended'))
        try {
          resolve(work(life))
        } catch (error) {
          reject(error)
        }
      })
    })
  }
  /** The oldest question is answered. */
  step(): void {
    this.waiting.shift()?.(false)
  }
  die(): void {
    if (this.life === undefined) return
    this.life = undefined
    for (const reject of this.waiting.splice(0)) reject(true)
    this.course.lost()
  }
  /** The longest pause is over. */
  wake(): void {
    this.pauses.shift()?.()
  }
  async settle(): Promise<void> {
    do {
      this.step()
      this.wake()
      await new Promise(setImmediate)
    } while (this.waiting.length > 0 || this.pauses.length > 0)
  }
}

test('a reload while control is being started again brings the new one to the new load', async () => {
  const control = new FakeControl()
  const first = control.course.commit(orderOf(1), true)
  await control.settle()
  assert.deepEqual(await first, { host: 'localhost', port: 9001 })
  control.die()
  const prepared = control.course.prepare(orderOf(2))
  await turns(8)
  assert.equal(await prepared, undefined, 'nobody is there to resolve names')
  control.wake()
  await turns(8)
  const second = control.course.commit(orderOf(2), false)
  await control.settle()
  assert.equal((await second)?.port, 9002)
  assert.equal(control.life?.runs, 2)
})

test('an admin port that is taken is tried again until it is free', async () => {
  const control = new FakeControl()
  control.refusals = 3
  const commit = control.course.commit(orderOf(1), false)
  await control.settle()
  assert.equal(await commit, undefined)
  assert.equal(control.life?.runs, 1)
  assert.deepEqual(control.failures, ['taken', 'taken', 'taken'])
})

test('a first load whose admin port is taken is refused, and not tried again', async () => {
  const control = new FakeControl()
  control.refusals = 1
  const commit = assert.rejects(control.course.commit(orderOf(1), true), /taken/)
  await control.settle()
  await commit
  assert.deepEqual(control.failures, [])
})

const action = fc.constantFrom('prepare', 'commit', 'both', 'die', 'step', 'step', 'step', 'wake', 'refuse')

test('whatever ends or is slow in whatever order, control comes to run what was committed last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ kind: action, turns: fc.integer({ min: 0, max: 6 }) }), { maxLength: 60 }),
      async (actions) => {
        const control = new FakeControl()
        let load = 0
        let committed = 0
        const commits: Promise<unknown>[] = []
        for (const { kind, turns: pause } of actions) {
          if (kind === 'prepare' || kind === 'both') void control.course.prepare(orderOf(++load))
          if ((kind === 'commit' || kind === 'both') && load > committed) {
            committed = load
            commits.push(control.course.commit(orderOf(load), false))
          }
          if (kind === 'die') control.die()
          if (kind === 'step') control.step()
          if (kind === 'wake') control.wake()
          if (kind === 'refuse') control.refusals++
          await turns(pause)
        }
        await control.settle()
        await Promise.all(commits)
        assert.equal(control.life?.runs, committed)
        assert.ok(!control.failures.some((message) => message.includes('not prepared')))
      },
    ),
  )
})
