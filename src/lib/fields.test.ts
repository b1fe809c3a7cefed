import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fieldId, fieldNames, idOf } from './field-names.ts'
import { Fields } from './fields.ts'

type Name = Lowercase<string>
const names = ['host', 'cookie', 'x-own', 'set-cookie', 'accept', 'x-forwarded-for', 'x-other'] as const
const name = fc.constantFrom<Name>(...names)
const value = fc.string({ unit: fc.constantFrom('a', 'b', ',', ' ', ';', '1'), maxLength: 4 })

/** The plain list of pairs that a field list stands for. */
class Model {
  pairs: (readonly [string, string])[] = []
  all(wanted: string): string[] {
    return this.pairs.filter(([one]) => one === wanted).map(([, text]) => text)
  }
  get(wanted: string): string | undefined {
    const found = this.all(wanted)
    // RFC 9113 §8.2.3: cookies are joined by semicolons, everything else by commas.
    return found.length === 0 ? undefined : found.join(wanted === 'cookie' ? '; ' : ', ')
  }
  remove(wanted: string): void {
    this.pairs = this.pairs.filter(([one]) => one !== wanted)
  }
  set(wanted: string, text: string): void {
    const at = this.pairs.findIndex(([one]) => one === wanted)
    if (at < 0) this.pairs.push([wanted, text])
    else
      this.pairs = this.pairs.flatMap((pair, index) =>
        pair[0] !== wanted ? [pair] : index === at ? [[wanted, text] as const] : [],
      )
  }
}

const command = fc.oneof(
  fc.record({ kind: fc.constantFrom('append', 'push', 'set'), name, value }),
  fc.record({ kind: fc.constantFrom('remove', 'removeAt', 'drop', 'clear'), name, value }),
)

/** A head as a client may write it, read line by line; some lines are of the plain form, some are not. */
const line = fc.record({
  name,
  upper: fc.boolean(),
  before: fc.constantFrom(' ', '', '  ', '\t'),
  value,
  after: fc.constantFrom('', ' '),
})
const readInto = (
  fields: Fields,
  model: Model,
  lines: readonly (typeof line extends fc.Arbitrary<infer L> ? L : never)[],
): void => {
  let text = 'GET / HTTP/1.1'
  const places: (readonly [string, number, number, number, number])[] = []
  for (const { name: one, upper, before, value: given, after } of lines) {
    const trimmed = given.trim()
    const start = text.length + 2
    const valueStart = start + one.length + 1 + before.length
    text += `\r\n${upper ? one.toUpperCase() : one}:${before}${trimmed}${after}`
    places.push([one, start, start + one.length, valueStart, valueStart + trimmed.length])
    model.pairs.push([one, trimmed])
  }
  fields.readFrom(`${text}\r\n\r\n`)
  for (const [one, ...at] of places) fields.takeLine(fieldId(one), one, ...at)
}
/** What a list writes, read as pairs again: names in lower case, values without the white space around them. */
const written = (fields: Fields): string[] =>
  fields
    .writeTo('first')
    .split('\r\n')
    .slice(1)
    .flatMap((text) => {
      const colon = text.indexOf(':')
      return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()]
    })

test('a field list behaves like a list of pairs, over any sequence of changes', () => {
  const flags = new Uint8Array(fieldNames.length)
  flags[idOf('host')] = 1
  flags[idOf('x-forwarded-for')] = 3
  flags[idOf('accept')] = 2
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(command, { maxLength: 30 }), (lines, commands) => {
      const fields = new Fields()
      const model = new Model()
      readInto(fields, model, lines)
      for (const [step, { kind, name: one, value: text }] of commands.entries()) {
        switch (kind) {
          case 'append':
            fields.append(one, text)
            model.pairs.push([one, text])
            break
          case 'push':
            fields.take(fieldId(one), one, text)
            model.pairs.push([one, text])
            break
          case 'set':
            fields.set(one, text)
            model.set(one, text)
            break
          case 'remove':
            fields.remove(one)
            model.remove(one)
            break
          case 'removeAt':
            if (model.pairs.length > 0) {
              fields.removeAt(step % model.pairs.length)
              model.pairs.splice(step % model.pairs.length, 1)
            }
            break
          case 'drop':
            fields.drop(flags, 1)
            model.remove('host')
            model.remove('x-forwarded-for')
            break
          default:
            // Rarely, or every sequence would be short.
            if (step % 7 === 0) {
              fields.clear()
              model.pairs = []
            }
        }
        assert.deepEqual(fields.toPairs(), model.pairs.flat())
        const trimmed = model.pairs.flat().map((text) => text.trim())
        assert.deepEqual(written(fields), trimmed, 'what is written')
        const copy = Fields.of('x-first', '0')
        copy.takeAll(fields)
        assert.deepEqual(written(copy), ['x-first', '0', ...trimmed], 'what a copy writes')
        assert.equal(fields.length, model.pairs.length)
        for (const wanted of names) {
          assert.equal(fields.get(wanted), model.get(wanted), wanted)
          assert.deepEqual(fields.getAll(wanted), model.all(wanted))
          assert.equal(fields.has(wanted), model.all(wanted).length > 0)
          const id = fieldId(wanted)
          if (id !== 0) assert.equal(fields.getById(id), model.get(wanted))
        }
        for (let i = 0; i < fields.length; i++)
          assert.equal(fields.idAt(i), fieldId(fields.nameAt(i)), 'ids and names belong together')
      }
    }),
    { numRuns: 2_000 },
  )
})

test('lines that follow each other unchanged are written as they were read, and others are not', () => {
  const head = 'GET / HTTP/1.1\r\nACCEPT: a\r\nX-One: b\r\nX-Two:c\r\nDate: d\r\nX-Three: e\r\n\r\n'
  const read = (): Fields => {
    const fields = new Fields()
    fields.readFrom(head)
    for (const [, text = ''] of head.matchAll(/\r\n([^\r]+:[^\r]+)/g)) {
      const start = head.indexOf(text)
      const colon = start + text.indexOf(':')
      const valueStart = head[colon + 1] === ' ' ? colon + 2 : colon + 1
      const one = text.slice(0, colon - start).toLowerCase()
      fields.takeLine(fieldId(one), one, start, colon, valueStart, start + text.length)
    }
    return fields
  }
  assert.equal(read().writeTo(''), '\r\nACCEPT: a\r\nX-One: b\r\nx-two: c\r\nDate: d\r\nX-Three: e')
  const changed = read()
  changed.set('x-one', 'B')
  changed.remove('date')
  assert.equal(changed.writeTo(''), '\r\nACCEPT: a\r\nx-one: B\r\nx-two: c\r\nX-Three: e')
})

test('a line beyond the places that are remembered is kept by its value', () => {
  const fields = new Fields()
  const long = 'v'.repeat(40_000)
  fields.readFrom(`\r\nX-Long: ${long}\r\nAccept: a`)
  fields.takeLine(0, 'x-long', 2, 8, 10, 40_010)
  fields.takeLine(idOf('accept'), 'accept', 40_012, 40_018, 40_020, 40_021)
  assert.deepEqual(fields.toPairs(), ['x-long', long, 'accept', 'a'])
  assert.equal(fields.writeTo(''), `\r\nx-long: ${long}\r\nAccept: a`)
})

test('names given in any case are kept in lower case', () => {
  assert.deepEqual(Fields.of('X-Own', 'a', 'ACCEPT', 'b').toPairs(), ['x-own', 'a', 'accept', 'b'])
})

test('every known name has its id, and names outside the table have 0', () => {
  for (const [id, known] of fieldNames.entries()) if (id > 0) assert.equal(fieldId(known), id, known)
  for (const unknown of ['', 'x-nobody-knows-this', 'Host', 'constructor', '__proto__', 'toString'])
    assert.equal(fieldId(unknown), 0, unknown)
})

test('code that writes a field cannot write a second line, another name or framing', () => {
  const writes = {
    append: (fields: Fields, name: string, value: string) => fields.append(name as Lowercase<string>, value),
    set: (fields: Fields, name: string, value: string) => fields.set(name as Lowercase<string>, value),
    push: (fields: Fields, name: string, value: string) => fields.push(0, name, value),
    'push with an id': (fields: Fields, name: string, value: string) => fields.push(idOf('host'), name, value),
  }
  const bad = [
    ['x-a', 'a\r\nx-b: 1'],
    ['x-a', 'a\n'],
    ['x-a', 'a\0'],
    ['x-a', '\u2028'],
    ['x-a\r\nx-b', '1'],
    ['x a', '1'],
    ['x:a', '1'],
    ['', '1'],
    ['content-length', '1'],
    ['Content-Length', '1'],
    ['TRANSFER-ENCODING', 'chunked'],
  ] as const
  for (const [way, write] of Object.entries(writes))
    for (const [name, value] of bad) {
      const fields = Fields.of('x-a', 'before')
      assert.throws(
        () => write(fields, name, value),
        (error) => error instanceof RangeError && 'code' in error && error.code === 'GW5002',
        `${way} ${JSON.stringify([name, value])}`,
      )
      assert.deepEqual(fields.toPairs(), ['x-a', 'before'])
    }
  const fields = new Fields()
  fields.push(0, 'X-Own', '1')
  fields.append('Host' as Lowercase<string>, 'a.test')
  assert.deepEqual(fields.toPairs(), ['x-own', '1', 'host', 'a.test'])
  assert.equal(fields.get('host'), 'a.test')
})
