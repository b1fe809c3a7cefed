import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ListenerPlan, RoutePlan, Steps } from '../contract/plan.ts'
import type { CompiledPlan } from './compile.ts'
import { Retirement } from './retirement.ts'

const stepsOf = (name: string, closed: string[]): Steps =>
  ({ all: [{ policy: { close: () => void closed.push(name) } }] }) as unknown as Steps
const routeOf = (name: string, closed: string[]): RoutePlan => ({ name, steps: stepsOf(name, closed) }) as RoutePlan
const planOf = (
  name: string,
  closed: string[],
  ...routes: RoutePlan[]
): CompiledPlan & { readonly load: ListenerPlan['load'] } => {
  const load = { inFlight: 0, idle: undefined }
  const listener = {
    name: 'main',
    guards: stepsOf(`guard of ${name}`, closed),
    unmatched: { steps: { all: [] } },
    load,
  }
  return {
    load,
    listeners: new Map([['main', listener]]),
    routes: new Map([['main', new Map(routes.map((route) => [{}, route]))]]),
  } as unknown as CompiledPlan & { readonly load: ListenerPlan['load'] }
}

test('a route that plan after plan took over is closed when the last of them is idle, not while a request of the first still runs', () => {
  const closed: string[] = []
  const retirement = new Retirement(assert.ifError)
  const shared = routeOf('shared', closed)
  const [first, second, third] = [
    planOf('first', closed, shared),
    planOf('second', closed, shared),
    planOf('third', closed),
  ] as const
  retirement.hold(first)
  first.load.inFlight = 1
  retirement.hold(second)
  const left: string[] = []
  retirement.retire(first, () => left.push('first'))
  retirement.hold(third)
  retirement.retire(second, () => left.push('second'))
  assert.deepEqual(closed, ['guard of second'])
  assert.deepEqual(left, ['second'], 'on the first something runs')
  first.load.inFlight = 0
  first.load.idle?.()
  assert.deepEqual(left, ['second', 'first'])
  assert.deepEqual(closed, ['guard of second', 'guard of first', 'shared'])
})

test('what the running plan took over stays open, and everything is closed once', () => {
  const closed: string[] = []
  const retirement = new Retirement(assert.ifError)
  const [kept, gone] = [routeOf('kept', closed), routeOf('gone', closed)]
  const [first, second, third] = [
    planOf('first', closed, kept, gone),
    planOf('second', closed, kept),
    planOf('third', closed),
  ] as const
  retirement.hold(first)
  retirement.hold(second)
  retirement.retire(first, () => {})
  assert.deepEqual(closed, ['guard of first', 'gone'])
  retirement.hold(third)
  retirement.retire(second, () => {})
  assert.deepEqual(closed, ['guard of first', 'gone', 'guard of second', 'kept'])
})
