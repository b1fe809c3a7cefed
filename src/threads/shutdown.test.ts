import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shutDown, type ShutDownOptions } from './shutdown.ts'

const hour = 3_600_000
const optionsOf = (overrides: Partial<ShutDownOptions>): { steps: string[]; options: ShutDownOptions } => {
  const steps: string[] = []
  return {
    steps,
    options: {
      signal: 'SIGTERM',
      delay: 0,
      timeout: 5,
      drain: (timeout) => {
        steps.push(`drain ${timeout}`)
        return Promise.resolve({ finished: 2, cut: 1 })
      },
      end: () => {
        steps.push('end')
        return Promise.resolve()
      },
      emit: (event) => steps.push(event.kind === 'stopped' ? `stopped ${event.finished} ${event.cut}` : event.kind),
      ...overrides,
    },
  }
}

test('it is told, drains, tells the outcome, and ends, in this order', async () => {
  const { steps, options } = optionsOf({})
  await shutDown(options).done
  assert.deepEqual(steps, ['draining', 'drain 5', 'stopped 2 1', 'end'])
})

test('11.22 a second signal ends the delay, a third one the drain', async () => {
  const { steps, options } = optionsOf({ delay: hour, drain: () => new Promise(() => {}) })
  const ending = shutDown(options)
  ending.hurry()
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(steps, ['draining'])
  ending.hurry()
  await ending.done
  assert.deepEqual(steps, ['draining', 'stopped 0 0', 'end'])
})
