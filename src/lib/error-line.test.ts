import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorLine } from './error-line.ts'

const own = new URL('../exchange/inner-call.ts', import.meta.url).href
const withStack = (message: string, ...frames: readonly string[]): Error => {
  const error = new TypeError(message)
  error.stack = `TypeError: ${message}\n${frames.map((frame) => `    at ${frame}`).join('\n')}`
  return error
}

test('an error is one line: its message, and the first place in code that is the reader’s', () => {
  assert.equal(
    errorLine(
      withStack(
        'no\n  such  \r\nthing',
        `Call.json (${own}:44:27)`,
        'process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
        'got (file:///srv/node_modules/got/index.js:1:2)',
        'async default (file:///srv/my%20shop/users.ts?generation=3:12:5)',
        'async next (file:///srv/later.ts:1:1)',
      ),
    ),
    'TypeError: no such thing at /srv/my shop/users.ts:12:5',
  )
  assert.equal(errorLine(withStack('x', 'Object.<anonymous> (/srv/old.cjs:3:9)')), 'TypeError: x at /srv/old.cjs:3:9')
  assert.equal(errorLine(withStack('x', 'file:///srv/bare.ts:3:9')), 'TypeError: x at /srv/bare.ts:3:9')
})

test('where no place is the reader’s, the first one is told; without a stack none', () => {
  assert.match(errorLine(withStack('x', `send (${own}:44:27)`)), /^TypeError: x at .*\/inner-call\.ts:44:27$/)
  const bare = new Error('x')
  delete bare.stack
  assert.equal(errorLine(bare), 'Error: x')
})

test('what is no error, or breaks when it is read, has its words too', () => {
  assert.equal(errorLine('a\nb'), 'a b')
  assert.equal(errorLine(undefined), 'undefined')
  assert.equal(errorLine(Object.create(null)), 'something that cannot be written down')
  const broken = new Error('x')
  Object.defineProperty(broken, 'message', {
    get: () => {
      throw new Error('no')
    },
  })
  assert.equal(errorLine(broken), 'something that cannot be written down')
})
