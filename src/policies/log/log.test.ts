import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteSettings } from '../../contract/plan.ts'
import { fakeExchange, fakeHost } from '../exchange.fixture.ts'
import { log } from './log.ts'
import type { LogOptions } from './options.ts'

const settings = (options: LogOptions): NonNullable<RouteSettings['log']> =>
  log.settings?.(options, fakeHost()).log as NonNullable<RouteSettings['log']>

test('all requests are logged when nothing is written', () => {
  assert.deepEqual(settings({}), { sample: 1, fields: [] })
  assert.equal(settings({ sample: 0.01 }).sample, 0.01)
})

test('added fields are templates; a missing value leaves the field out', () => {
  const { fields } = settings({
    fields: { tenant: '{request.headers.x-tenant}', 'http.status': '{response.status}', fixed: 'x' },
  })
  const exchange = fakeExchange({}, { status: 201 })
  assert.deepEqual(
    fields.map(([name, value]) => [name, value(exchange)]),
    [
      ['tenant', undefined],
      ['http.status', '201'],
      ['fixed', 'x'],
    ],
  )
})

test('a field that is no template fails at load', () => {
  assert.throws(() => settings({ fields: { a: '{request.nothing}' } }))
})
