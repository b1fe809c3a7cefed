import assert from 'node:assert/strict'
import { test } from 'node:test'
import { prefersHtml } from './prefers-html.ts'

test('what browsers send prefers HTML', () => {
  for (const accept of [
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html',
    'TEXT/HTML ; charset=utf-8, */*;q=0.1',
    'text/*, application/*;q=0.2',
    'application/json;q=0.5, text/html;q=0.6',
    'text/html;q=0.2, application/*;q=0.1, */*',
  ])
    assert.ok(prefersHtml(accept), accept)
})

test('whatever does not name HTML, or weighs JSON as much, gets JSON', () => {
  for (const accept of [
    '',
    '*/*',
    'application/json',
    'application/problem+json',
    'text/plain',
    'text/html, */*',
    'text/html, application/json',
    'text/html;q=0.5, application/problem+json;q=0.9',
    'text/html;q=0.3, application/*;q=0.4',
    'text/html;q=0',
    'text/html;q=much',
    'application/xhtml+xml',
    'image/*, text/html;q=0.5, */*;q=0.5',
    ',;,/',
  ])
    assert.ok(!prefersHtml(accept), accept)
})
