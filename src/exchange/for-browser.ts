import type { FieldList } from '../contract/fields.ts'
import { prefersHtml } from '../lib/prefers-html.ts'
import { addVary } from '../lib/vary.ts'
import { problemPage } from './problem-page.ts'

/** Nothing is loaded, run, sent or framed. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

/**
 * The body of a problem answer where pages are switched on: the document as a page for a client that prefers HTML,
 * else the document as it is. Sets the fields that go with it.
 */
export const forBrowser = (request: FieldList, fields: FieldList, document: string): string => {
  addVary(fields, 'Accept')
  const accept = request.get('accept')
  if (accept === undefined || !prefersHtml(accept)) return document
  fields.set('content-type', 'text/html; charset=utf-8')
  fields.set('content-security-policy', policy)
  return problemPage(document)
}
