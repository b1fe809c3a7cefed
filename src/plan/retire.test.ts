import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConfig } from '../checker.ts'
import { createDataPlane, slotsOf, startToken } from '../data-plane.ts'
import { createGateway } from '../gateway.ts'
import { definePolicy } from '../lib/define.ts'
import { createMemory } from '../telemetry/memory.ts'
import { createTelemetry } from '../telemetry/telemetry.ts'

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
  assert.deepEqual(closed, ['first'], 'the end closes what runs')
})

test('what was made for a reload that is refused is closed', async () => {
  const closed: string[] = []
  const [first, second] = [held('first', closed), held('second', closed)]
  const broken = definePolicy({
    name: 'broken',
    stage: 'limit',
    create: () => {
      throw new Error('bad options')
    },
  })
  const gateway = await createGateway({ config: routes(first.policy, 200) })
  const config = { routes: { r: { path: '/*', respond: 201, use: [{ policy: second.policy }, { policy: broken }] } } }
  await assert.rejects(gateway.reload(config), /bad options/)
  assert.deepEqual(closed, ['second'])
  await gateway.close(0)
  assert.deepEqual(closed, ['second', 'first'])
})

test('a policy that fails to close is told, and keeps none of the others open', async () => {
  const closed: string[] = []
  const lines: string[] = []
  const failing = definePolicy({
    name: 'failing',
    stage: 'limit',
    create: () => ({
      close: () => {
        throw new Error('will not close')
      },
    }),
  })
  const last = held('last', closed)
  const gateway = await createGateway({
    config: { routes: { r: { path: '/*', respond: 200, use: [{ policy: failing }, { policy: last.policy }] } } },
    onLog: (line) => lines.push(line),
  })
  await gateway.close(0)
  assert.deepEqual(closed, ['last'])
  assert.match(lines.join('\n'), /will not close/)
})

test('a plan that was prepared and is discarded, replaced or never wanted again leaves nothing open', async () => {
  const closed: string[] = []
  const policies = ['discarded', 'replaced', 'last'].map((name) => held(name, closed).policy)
  const plane = createDataPlane({
    telemetry: createTelemetry(createMemory({ workers: 1 }), 0),
    worker: 0,
    node: 'test',
    version: '0',
    start: startToken(),
    importCode: () => Promise.resolve(policies[0]),
  })
  const prepare = async (load: number): Promise<void> => {
    const object = routes(policies[0], 200)
    const { snapshot } = await checkConfig({ object, cwd: process.cwd(), mode: 'library' })
    if (snapshot === undefined) throw new Error('not checked')
    await plane.prepare(snapshot, slotsOf(snapshot), { addresses: {} }, load)
    policies.shift()
  }
  await prepare(1)
  plane.discard(2)
  assert.deepEqual(closed, [])
  plane.discard(1)
  assert.deepEqual(closed, ['discarded'])
  assert.throws(() => plane.commit(1), /load 1 was not prepared/)
  await prepare(2)
  await prepare(3)
  assert.deepEqual(closed, ['discarded', 'replaced'])
  plane.close()
  assert.deepEqual(closed, ['discarded', 'replaced', 'last'])
})
