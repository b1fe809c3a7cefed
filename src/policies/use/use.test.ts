import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../contract/policy.ts'
import { fakeExchange, fakeHost, replyOf } from '../exchange.fixture.ts'
import { definitionOf } from './use.ts'

const ref = { file: './policies/tenant.ts', export: 'default', options: undefined }

test('a policy of the user’s is made and runs', () => {
  const tenant = {
    name: 'tenant',
    stage: 'authorize',
    create: (options: { header: Lowercase<string> }): Policy => ({
      onRequest: (exchange) =>
        exchange.request.fields.has(options.header) ? undefined : { status: 403, code: 'GW4031' },
    }),
  }
  const definition = definitionOf(tenant, ref)
  const policy = definition.create?.({ header: 'x-tenant' } as never, fakeHost())
  assert.equal(replyOf(policy?.onRequest?.(fakeExchange()))?.status, 403)
  assert.equal(replyOf(policy?.onRequest?.(fakeExchange({ headers: { 'X-Tenant': 'acme' } }))), undefined)
})

test('explain only names it, unless it says that it may be run', () => {
  const base = { name: 'tenant', stage: 'limit', create: () => ({}) }
  assert.equal(definitionOf(base, ref).dry, 'unknown')
  assert.equal(definitionOf({ ...base, dry: 'pure' }, ref).dry, 'pure')
  assert.equal(definitionOf({ ...base, dry: 'peek' }, ref).dry, 'unknown')
})

test('what is no definition is refused with the file and the reason', () => {
  const create = (): object => ({})
  for (const [value, reason] of [
    [undefined, /tenant\.ts: export default is no policy/],
    ['x', /is no policy/],
    [{ stage: 'limit', create }, /has no name/],
    [{ name: '../x', stage: 'limit', create }, /has no name/],
    [{ name: 'x', create }, /names no stage; stages are receive, lists/],
    [{ name: 'x', stage: 'early', create }, /names the stage "early"; stages are receive, lists/],
    [{ name: 'x', stage: 'transfrom', create }, /names the stage "transfrom"; did you mean transform\?/],
    [{ name: 'x', stage: 'limit', creat: create }, /has creat; did you mean create\?/],
    [{ name: 'x', stage: 'limit' }, /has no create/],
    [{ name: 'x', stage: 'limit', onRequest: create }, /has onRequest beside create/],
    [{ name: 'x', stage: 'limit', create, dry: 'wet' }, /dry mode/],
  ] as const)
    assert.throws(() => definitionOf(value, ref), reason)
})

test('a create that makes no policy fails at load', () => {
  for (const made of [undefined, null, 'x', Promise.resolve({})]) {
    const definition = definitionOf({ name: 'x', stage: 'limit', create: () => made }, ref)
    assert.throws(() => definition.create?.(undefined as never, fakeHost()), /create of x returns no policy/)
  }
})

test('a hook that is misspelled fails at load, and what is no hook is left alone', () => {
  const make = (made: object): (() => unknown) => {
    const definition = definitionOf({ name: 'x', stage: 'limit', create: () => made }, ref)
    return () => definition.create?.(undefined as never, fakeHost())
  }
  const hook = (): undefined => undefined
  assert.throws(make({ onReqest: hook }), /create of x returns onReqest; did you mean onRequest\?/)
  assert.throws(make({ onRequest: hook, onresponse: hook }), /did you mean onResponse\?/)
  assert.doesNotThrow(make({ onRequest: hook, onEnd: hook, explain: hook, close: hook, lookUp: hook, onReqest: 1 }))
})
