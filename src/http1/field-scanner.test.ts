import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fieldId, fieldNames } from '../lib/field-names.ts'
import { marks, scanFault, scanFields, scanned } from './field-scanner.ts'
import { sharedBuffer } from './wire.ts'

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const room = { fields: 64, line: 8192 }
const scan = (text: string): number => {
  const bytes = Buffer.from(text, 'latin1')
  return scanFields(bytes, 0, bytes.length, room.fields, room.line)
}
const idOfName = (name: string): number => {
  assert.equal(scan(`${name}: x\r\n\r\n`), name.length + 7, name)
  return marks[4] as number
}

test('every name of the table is found, in any case, and names that differ in one byte are not', () => {
  for (const [id, name] of fieldNames.entries()) {
    if (id === 0) continue
    assert.equal(idOfName(name), id)
    assert.equal(idOfName(name.toUpperCase()), id)
    for (let at = 0; at < name.length; at++) {
      for (let code = 0; code < 256; code++) {
        const other = name.slice(0, at) + String.fromCharCode(code) + name.slice(at + 1)
        if (token.test(other)) assert.equal(idOfName(other), fieldId(other.toLowerCase()), other)
        // A colon ends the name before it.
        else if (code !== 58 || at === 0) assert.ok(scan(`${other}: x\r\n\r\n`) < 0, JSON.stringify(other))
      }
    }
    assert.equal(idOfName(`${name}x`), fieldId(`${name}x`))
    if (name.length > 1) assert.equal(idOfName(name.slice(1)), fieldId(name.slice(1)))
  }
})

test('a value ends at the first byte that may not stand in it, at whatever place and after whatever bytes', () => {
  for (let length = 0; length < 14; length++) {
    for (let byte = 0; byte < 256; byte++) {
      const isValue = byte === 9 || (byte >= 32 && byte !== 127)
      const head = 'X: '
      const filling = 'é\u00ff~ !Aa0zé\u00ff~!'.slice(0, length)
      const text = `${head}a${filling}${String.fromCharCode(byte)}bcdefg\r\n\r\n`
      const end = scan(text)
      if (isValue) {
        assert.equal(end, text.length, JSON.stringify(text))
        assert.deepEqual([marks[2], marks[3]], [3, text.length - 4])
      } else assert.equal(end, byte === 10 || byte === 13 ? scanFault.lineEnd : scanFault.syntax, JSON.stringify(text))
    }
  }
})

test('a head that is cut anywhere wants more, and reads the same from the shared buffer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.stringMatching(/^[a-zA-Z_-]{1,20}$/), fc.stringMatching(/^[!-~é]([ -~é\t]{0,40}[!-~é])?$/))),
      (pairs) => {
        const fields = pairs.slice(0, room.fields)
        const text = `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
        assert.equal(scan(text), text.length)
        assert.equal(scanned.count, fields.length)
        assert.equal(
          scanned.underscores,
          fields.some(([name]) => name.includes('_')),
        )
        const found = [...marks.subarray(0, fields.length * 5)]
        for (const [i, [name, value]] of fields.entries()) {
          const [from, to, valueFrom, valueTo] = found.slice(i * 5) as [number, number, number, number]
          assert.deepEqual([text.slice(from, to), text.slice(valueFrom, valueTo)], [name, value])
        }
        // What stands behind the end is no part of it, whatever it is.
        sharedBuffer.fill('\r\n\r\n')
        sharedBuffer.write(text, 8, 'latin1')
        assert.equal(scanFields(sharedBuffer, 8, 8 + text.length, room.fields, room.line), 8 + text.length)
        assert.deepEqual(
          [...marks.subarray(0, fields.length * 5)],
          found.map((mark, i) => (i % 5 === 4 ? mark : mark + 8)),
        )
        for (let cut = 0; cut < text.length; cut++) {
          assert.equal(scan(text.slice(0, cut)), 0)
          assert.equal(scanFields(sharedBuffer, 8, 8 + cut, room.fields, room.line), 0)
        }
      },
    ),
    { numRuns: 60 },
  )
})
