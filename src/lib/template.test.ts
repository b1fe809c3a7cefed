import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { checkTemplate } from './template-roots.ts'
import { parseTemplate } from './template.ts'

const pathsOf = (text: string): unknown[] =>
  parseTemplate(text).parts.map((part) => (typeof part === 'string' ? part : part.path))

test('a template is literals and placeholders in order', () => {
  assert.deepEqual(pathsOf('a {request.id} b'), ['a ', ['request', 'id'], ' b'])
  assert.deepEqual(pathsOf('{{literal}}'), ['{literal}'])
  assert.deepEqual(pathsOf(''), [])
})

test('bare names are parameters, and the rest is a parameter called *', () => {
  assert.deepEqual(pathsOf('/{id}/{*}'), ['/', ['params', 'id'], '/', ['params', '*']])
})

test('paths take dots, quoted names and indexes', () => {
  assert.deepEqual(pathsOf('{request.headers["x.y"]}'), [['request', 'headers', 'x.y']])
  assert.deepEqual(pathsOf('{request.headers["a\\"b"]}'), [['request', 'headers', 'a"b']])
  assert.deepEqual(pathsOf('{request.body.items[2].name}'), [['request', 'body', 'items', 2, 'name']])
  assert.deepEqual(pathsOf('{request.headers.x-tenant}'), [['request', 'headers', 'x-tenant']])
})

test('a default may be empty and holds anything but braces', () => {
  const [part] = parseTemplate('{id:-a:-b c}').parts
  assert.equal(typeof part === 'object' ? part.fallback : undefined, 'a:-b c')
  const [empty] = parseTemplate('{id:-}').parts
  assert.equal(typeof empty === 'object' ? empty.fallback : undefined, '')
})

test('what is no template is told with its place', () => {
  const errorsOf = (text: string): unknown[] => parseTemplate(text).errors.map(({ offset, reason }) => [offset, reason])
  assert.deepEqual(errorsOf('a {id'), [[5, 'the placeholder is not closed']])
  assert.deepEqual(errorsOf('a } b'), [[2, 'a literal brace is written }}']])
  assert.deepEqual(errorsOf('x{}'), [[2, 'a placeholder begins with a name']])
  assert.deepEqual(errorsOf('{a b}'), [[2, 'not expected in a placeholder: " "']])
  assert.deepEqual(errorsOf('{1}'), [[1, 'a placeholder begins with a name']])
  assert.deepEqual(errorsOf('{request.}'), [[8, 'not expected in a placeholder: "."']])
  assert.equal(parseTemplate('{bad {id}').errors.length > 0, true)
})

test('parsing never throws, loses no literal text, and gives offsets inside the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', 'a', '.', '[', ']', '"', '0', ':', '-', '*', ' ', '\\') }),
      (text) => {
        const { parts, errors } = parseTemplate(text)
        for (const error of errors) assert.ok(error.offset >= 0 && error.offset <= text.length && error.length > 0)
        if (errors.length > 0) return
        const again = parts
          .map((part) => (typeof part === 'string' ? part.replace(/[{}]/g, '$&$&') : part.text))
          .join('')
        assert.equal(again, text)
      },
    ),
  )
})

test('any text with its braces doubled is that text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { parts, errors } = parseTemplate(text.replace(/[{}]/g, '$&$&'))
      assert.deepEqual(errors, [])
      assert.equal(parts.map((part) => (typeof part === 'string' ? part : part.text)).join(''), text)
    }),
  )
})

test('a placeholder is refused where it is not known yet', () => {
  const reasons = (text: string, stage: 'transform' | 'respond' | 'receive', params?: string[]): string[] =>
    checkTemplate(text, { stage, params }).map((error) => error.reason)
  assert.deepEqual(reasons('{request.id} {client.ip} {now}', 'receive'), [])
  assert.deepEqual(reasons('{response.status}', 'transform'), [
    'response is known from stage respond on, and this stands in transform',
  ])
  assert.deepEqual(reasons('{response.status} {error.code} {service.name}', 'respond'), [])
  assert.deepEqual(reasons('{id}', 'receive'), ['params is known from stage match on, and this stands in receive'])
  assert.deepEqual(reasons('{id} {shop}', 'transform', ['id', '*']), ['parameters here are id, *'])
  assert.deepEqual(reasons('{id}', 'transform', []), ['this route has no parameters'])
})

test('fields that do not exist, lack a name or go too deep are refused', () => {
  const reason = (text: string): string | undefined => checkTemplate(text, { stage: 'log' })[0]?.reason
  assert.match(reason('{request.colour}') ?? '', /^request has id, method/)
  assert.match(reason('{request}') ?? '', /^request has id/)
  assert.match(reason('{request.constructor}') ?? '', /^request has id/)
  assert.equal(reason('{request.headers}'), 'request.headers needs a name: {request.headers.name}')
  assert.equal(reason('{request.id.x}'), 'request.id has no fields')
  assert.equal(reason('{now.year}'), 'now has no fields')
  assert.equal(reason('{request.query[0]}'), 'request.query is not a list')
})

test('roots of later versions are told as such', () => {
  const waits = (text: string): string | undefined => checkTemplate(text, { stage: 'log' })[0]?.later
  assert.equal(waits('{claims.sub}'), 'auth')
  assert.equal(waits('{client.country}'), 'geoip')
  assert.equal(waits('{request.body.id}'), 'transform')
  assert.equal(waits('{request.id}'), undefined)
})
