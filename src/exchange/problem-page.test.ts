import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Fields } from '../lib/fields.ts'
import { forBrowser } from './for-browser.ts'
import { problemBody } from './problem.ts'
import { problemPage } from './problem-page.ts'

const tagsOf = (page: string): string[] => page.match(/<[^>]*>/g) ?? []
const plainTags = tagsOf(problemPage(problemBody('GW4041', 404, 'x', '/x', 'req_1', true)))

test('no detail, path or id, whatever it holds, adds a tag to the page', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.string(), (detail, path, id) => {
      const page = problemPage(problemBody('GW4041', 404, detail, path, id, true))
      assert.deepEqual(tagsOf(page), plainTags)
    }),
  )
  const page = problemPage(problemBody('GW4041', 404, '</p><script>alert(1)</script>', '/"><img src=x>', 'i', false))
  assert.ok(!/<script|<img|<a\b/.test(page))
  assert.ok(page.includes('&#60;script&#62;alert(1)'))
})

test('the page says all that the document says', () => {
  const document = problemBody('GW5021', 502, 'It refused.', '/orders/1', 'req_7f3a', true)
  const page = problemPage(document)
  for (const [name, value] of Object.entries(JSON.parse(document) as Record<string, string | number>))
    assert.ok(page.includes(String(value)), name)
  assert.match(page, /color-scheme:light dark/)
})

test('only who prefers HTML gets the page; the answer varies for all', () => {
  const document = problemBody('GW4041', 404, undefined, '/x', 'req_1')
  for (const [accept, isPage] of [
    ['text/html, */*;q=0.8', true],
    ['*/*', false],
    [undefined, false],
  ] as const) {
    const fields = Fields.of('content-type', 'application/problem+json', 'vary', 'Origin')
    const request = accept === undefined ? new Fields() : Fields.of('Accept', accept)
    const body = forBrowser(request, fields, document)
    assert.equal(body === document, !isPage)
    assert.equal(fields.get('vary'), 'Origin, Accept')
    assert.equal(fields.get('content-type'), isPage ? 'text/html; charset=utf-8' : 'application/problem+json')
    assert.equal(
      fields.get('content-security-policy'),
      isPage
        ? "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
        : undefined,
    )
  }
})
