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

test('a field list behaves like a list of pairs, over any sequence of changes', () => {
  const flags = new Uint8Array(fieldNames.length)
  flags[idOf('host')] = 1
  flags[idOf('x-forwarded-for')] = 3
  flags[idOf('accept')] = 2
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      const fields = new Fields()
      const model = new Model()
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
