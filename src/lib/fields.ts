import type { FieldList } from '../contract/fields.ts'
import { isToken } from './bytes.ts'
import { fieldId, fieldNames, fieldPrefixes, idOf } from './field-names.ts'
import { FieldRefusal } from './field-refusal.ts'
import { isFieldValue } from './field-value.ts'
import { flat } from './flat.ts'

const framing = new Set<number>(
  (
    ['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'proxy-connection', 'upgrade', 'te'] as const
  ).map(idOf),
)

const cookieId = idOf('cookie')

/**
 * What policies and handlers write must stay one line; parsed fields come through `take` and were read strictly.
 * Returns the name in lower case. Throws a FieldRefusal.
 */
const demandLine = (written: string, value: string): string => {
  if (typeof written !== 'string' || typeof value !== 'string')
    throw new FieldRefusal(`the field ${JSON.stringify(written)} needs a text as its value`)
  const name = written.toLowerCase()
  const id = fieldId(name)
  if (framing.has(id)) throw new FieldRefusal(`the field ${name} belongs to the gateway, which frames messages itself`)
  if (id === 0 && !isToken(name)) throw new FieldRefusal(`${JSON.stringify(written)} is not a field name (a token)`)
  if (!isFieldValue(value))
    throw new FieldRefusal(
      `the value of the field ${name} holds a character that may not stand there: a line break, NUL, another control character, or one beyond Latin-1`,
    )
  return name
}

/** Fields of the table that many messages share, with their HTTP/1.1 text made once. */
export class FieldRun {
  readonly ids: readonly number[]
  readonly values: readonly string[]
  /** Each line with its line break before it. */
  readonly text: string

  constructor(ids: readonly number[], values: readonly string[]) {
    this.ids = ids
    this.values = values
    this.text = flat(ids.map((id, i) => `${fieldPrefixes[id]}${values[i]}`).join(''))
  }
}

/** Parallel arrays in one object: the cheapest list that V8 keeps in fast elements. Names of the table are not stored. */
export class Fields implements FieldList {
  readonly ids: number[] = []
  readonly values: string[] = []
  /** A run of fields in the list, and where it begins; forgotten as soon as any field is changed or removed. */
  run: FieldRun | undefined = undefined
  runStart: number = 0
  /** Names outside the table, at the index of their field; absent while there is none. */
  private custom: string[] | undefined = undefined

  /** All names in order; a copy. */
  get names(): string[] {
    return this.ids.map((_, index) => this.nameAt(index))
  }

  /** From flat name, value pairs; names in any case. */
  static of(...pairs: readonly string[]): Fields {
    const fields = new Fields()
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const name = (pairs[i] as string).toLowerCase()
      fields.take(fieldId(name), name, pairs[i + 1] as string)
    }
    return fields
  }

  get length(): number {
    return this.ids.length
  }
  idAt(index: number): number {
    return this.ids[index] as number
  }
  nameAt(index: number): string {
    const id = this.ids[index] as number
    return (id > 0 ? fieldNames[id] : this.custom?.[index]) as string
  }
  valueAt(index: number): string {
    return this.values[index] as string
  }

  push(_id: number, name: string, value: string): void {
    this.append(name as Lowercase<string>, value)
  }
  /** Appends what was read strictly or is the gateway's own: nothing is checked. Not for code of others. */
  take(id: number, name: string, value: string): void {
    if (id === 0) this.keepName(name)
    this.ids.push(id)
    this.values.push(value)
  }
  /** Appends a run of fields of the table at once. */
  pushRun(run: FieldRun): void {
    const { ids, values } = run
    this.runStart = this.ids.length
    for (let i = 0; i < ids.length; i++) {
      this.ids.push(ids[i] as number)
      this.values.push(values[i] as string)
    }
    this.run = run
  }
  private keepName(name: string): void {
    const custom = (this.custom ??= [])
    // No holes, which would make every reading of the array slower.
    while (custom.length < this.ids.length) custom.push('')
    custom.push(name)
  }
  append(name: Lowercase<string>, value: string): void {
    const lower = demandLine(name, value)
    this.take(fieldId(lower), lower, value)
  }

  private indexOf(name: string, from: number): number {
    return this.find(fieldId(name), name, from)
  }
  private find(id: number, name: string, from: number): number {
    const { ids, custom } = this
    if (id === 0 && custom === undefined) return -1
    for (let i = from; i < ids.length; i++) if (ids[i] === id && (id > 0 || custom?.[i] === name)) return i
    return -1
  }
  private joined(id: number, name: string): string | undefined {
    const first = this.find(id, name, 0)
    if (first < 0) return undefined
    let value = this.values[first] as string
    for (let i = this.find(id, name, first + 1); i >= 0; i = this.find(id, name, i + 1))
      value += `${id === cookieId ? '; ' : ', '}${this.values[i]}`
    return value
  }

  get(name: Lowercase<string>): string | undefined {
    return this.joined(fieldId(name), name)
  }
  getById(id: number): string | undefined {
    return this.joined(id, '')
  }
  getAll(name: Lowercase<string>): string[] {
    const found: string[] = []
    for (let i = this.indexOf(name, 0); i >= 0; i = this.indexOf(name, i + 1)) found.push(this.values[i] as string)
    return found
  }
  has(name: Lowercase<string>): boolean {
    return this.indexOf(name, 0) >= 0
  }

  set(name: Lowercase<string>, value: string): void {
    const lower = demandLine(name, value)
    const first = this.indexOf(lower, 0)
    if (first < 0) return this.take(fieldId(lower), lower, value)
    this.run = undefined
    this.values[first] = value
    for (let i = this.indexOf(lower, first + 1); i >= 0; i = this.indexOf(lower, i)) this.removeAt(i)
  }
  remove(name: Lowercase<string>): void {
    for (let i = this.indexOf(name, 0); i >= 0; i = this.indexOf(name, i)) this.removeAt(i)
  }
  removeAt(index: number): void {
    this.run = undefined
    this.ids.splice(index, 1)
    this.custom?.splice(index, 1)
    this.values.splice(index, 1)
  }
  /** Drops every field whose known name is flagged with `mask`; one pass, nothing allocated. */
  drop(flags: Uint8Array, mask: number): void {
    this.run = undefined
    const { ids, values, custom } = this
    let kept = 0
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number
      if (((flags[id] as number) & mask) !== 0) continue
      if (kept !== i) {
        ids[kept] = id
        if (custom !== undefined && custom.length > kept) custom[kept] = custom[i] ?? ''
        values[kept] = values[i] as string
      }
      kept++
    }
    if (kept === ids.length) return
    ids.length = kept
    if (custom !== undefined && custom.length > kept) custom.length = kept
    values.length = kept
  }
  /** Flat name, value pairs. */
  toPairs(): string[] {
    const pairs: string[] = []
    for (let i = 0; i < this.ids.length; i++) pairs.push(this.nameAt(i), this.values[i] as string)
    return pairs
  }
  clear(): void {
    this.run = undefined
    this.ids.length = 0
    this.custom = undefined
    this.values.length = 0
  }
}
