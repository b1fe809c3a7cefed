import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selfTimes } from './self-time.ts'

const node = (id: number, functionName: string, url: string, lineNumber: number) => ({
  id,
  callFrame: { functionName, url, lineNumber },
})

test('self times add up by function, longest first, with lines counted from one', () => {
  const found = selfTimes(
    {
      nodes: [
        node(1, '(idle)', '', -1),
        node(2, 'parse', 'file:///repo/src/a.ts', 9),
        node(3, 'parse', 'file:///repo/src/a.ts', 9),
        node(4, '', 'node:net', 0),
      ],
      samples: [1, 2, 3, 4, 2],
      timeDeltas: [50, 100, 200, 10, 1],
    },
    '/repo/',
  )
  assert.deepEqual(found, [
    { name: 'parse src/a.ts:10', time: 301 },
    { name: '(idle)', time: 50 },
    { name: '(anonymous) node:net:1', time: 10 },
  ])
})
