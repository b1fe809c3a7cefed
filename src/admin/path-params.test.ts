import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathParams } from './path-params.ts'

test('a name in a path stands for one whole segment, decoded', () => {
  const params = (path: string): unknown => {
    const found = pathParams('/v1/requests/{id}', path)
    return found === undefined ? undefined : { ...found }
  }
  assert.deepEqual(params('/v1/requests/req_1'), { id: 'req_1' })
  assert.deepEqual(params('/v1/requests/a%2Fb%20c'), { id: 'a/b c' })
  for (const path of [
    '/v1/requests/',
    '/v1/requests',
    '/v1/requests/a/b',
    '/v1/Requests/a',
    '/v1/requests/%E0%A4%A',
    '',
  ])
    assert.equal(params(path), undefined, path)
  assert.deepEqual(pathParams('/v1/info', '/v1/info'), {})
  assert.equal(pathParams('/v1/info', '/v1/infos'), undefined)
})
