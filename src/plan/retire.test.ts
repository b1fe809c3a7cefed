import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../gateway.ts'
import { definePolicy } from '../lib/define.ts'

/** A policy that holds its requests until it is told, and writes down when it is closed. */
const held = (
  name: string,
  closed: string[],
): { readonly policy: ReturnType<typeof definePolicy>; release(): void } => {
  let release: () => void = () => undefined
  const gate = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined)
  })
  const policy = definePolicy({
    name,
    stage: 'limit',
    create: () => ({
      onRequest: ({ request }) => (request.query === 'wait' ? gate : undefined),
      close: () => void closed.push(name),
    }),
  })
  return { policy, release: () => release() }
}
const routes = (policy: unknown, status: number): object => ({
  routes: { r: { path: '/*', respond: status, use: [{ policy }] } },
})
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

test('policies of a plan that was replaced are closed when its last request has ended, not before, and once', async () => {
  const closed: string[] = []
  const [first, second] = [held('first', closed), held('second', closed)]
  const gateway = await createGateway({ config: routes(first.policy, 200) })
  const waiting = gateway.inject({ method: 'GET', url: '/?wait' })
  await gateway.reload(routes(second.policy, 201))
  assert.equal((await gateway.inject({ method: 'GET', url: '/' })).status, 201)
  await turn()
  assert.deepEqual(closed, [])
  first.release()
  assert.equal((await waiting).status, 200, 'a request ends on the plan that it began on')
  await turn()
  assert.deepEqual(closed, ['first'])
  await gateway.close(0)
})

test('a reload that fails closes nothing and changes nothing', async () => {
  const closed: string[] = []
  const first = held('first', closed)
  const gateway = await createGateway({ config: routes(first.policy, 200) })
  await assert.rejects(gateway.reload({ routes: { r: { path: '/*', service: 'nobody' } } }))
  const broken = definePolicy({
    name: 'broken',
    stage: 'limit',
    create: () => {
      throw new Error('bad options')
    },
  })
  await assert.rejects(gateway.reload(routes(broken, 201)), /bad options/)
  assert.equal((await gateway.inject({ method: 'GET', url: '/' })).status, 200)
  assert.deepEqual(closed, [])
  await gateway.close(0)
})
