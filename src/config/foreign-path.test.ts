import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePathPattern } from '../lib/pattern.ts'
import { foreignPath } from './foreign-path.ts'

test('paths of other routers are written as this grammar writes them', () => {
  const pairs: readonly (readonly [string, string])[] = [
    ['/site/:id', '/site/{id}'],
    ['/:a/:b/edit', '/{a}/{b}/edit'],
    ['/files/:path+', '/files/*'],
    ['/site/<id>', '/site/{id}'],
    ['/site/<int:id>/x', '/site/{id}/x'],
    ['/site/[id]', '/site/{id}'],
    ['/site/[...rest]', '/site/*'],
    ['/site/$id', '/site/{id}'],
    ['/$countries', '/{countries}'],
    ['/{shop}/:id', '/{shop}/{id}'],
  ]
  for (const [written, meant] of pairs) {
    assert.equal(foreignPath(written), meant, written)
    assert.notEqual(parsePathPattern(meant).kind, 'fault', meant)
  }
})

test('text that only resembles a parameter is left alone', () => {
  for (const path of [
    '/a:b',
    '/a/{id}:cancel',
    '/12:30',
    '/:',
    '/a/{t:[0-9]+}',
    '~/:id',
    '/a$b',
    '/$metadata',
    '/odata/$batch',
    '/users/$count',
    '/a/$value/$ref',
    '/',
    '/*',
    'x/:id',
  ])
    assert.equal(foreignPath(path), undefined, path)
})
