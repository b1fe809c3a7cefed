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

/** Where the lines of a head can be remembered: their ends fit into 16 bits, so that two make one small integer. */
const longestKept = 0x7fff
/** Bytes between the end of a name and its value in a line of the plain form. */
const separator = 2
const lineBreak = 2

/**
 * Ids and values in turn in one array: the cheapest list that V8 keeps in fast elements. Names of the table are not stored.
 * A field that was read from a head and not touched is only a place in its text: its value is cut out when somebody
 * asks, and neighbours that leave unchanged are written as one piece.
 */
export class Fields implements FieldList {
  /**
   * For each field its id, then its value or where its line stands in `text`: start and end in one number. In the body of
   * this class `at` is a place in this array, twice the index of a field.
   */
  private readonly cells: (string | number)[] = []
  /** Text that `takeLine` speaks of; every line in it has a line break before it. */
  private text = ''
  /** A run of fields in the list, and where it begins in `cells`; forgotten as soon as any field is changed or removed. */
  private run: FieldRun | undefined = undefined
  private runStart: number = 0
  /** Names outside the table, at the index of their field; absent while there is none. */
  private custom: string[] | undefined = undefined

  /** All names in order; a copy. */
  get names(): string[] {
    return Array.from({ length: this.length }, (_, index) => this.nameAt(index))
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
    return this.cells.length >> 1
  }
  idAt(index: number): number {
    return this.cells[index << 1] as number
  }
  nameAt(index: number): string {
    const id = this.cells[index << 1] as number
    return (id > 0 ? fieldNames[id] : this.custom?.[index]) as string
  }
  valueAt(index: number): string {
    const cell = this.cells[(index << 1) + 1] as string | number
    if (typeof cell === 'string') return cell
    return this.text.slice((cell >>> 16) + this.nameAt(index).length + separator, cell & 0xffff)
  }

  push(_id: number, name: string, value: string): void {
    this.append(name as Lowercase<string>, value)
  }
  /** Appends what was read strictly or is the gateway's own: nothing is checked. Not for code of others. */
  take(id: number, name: string, value: string): void {
    if (id === 0) this.keepName(name)
    this.cells.push(id, value)
  }
  /** Lines of this text, each with CR LF before it, may be taken by their places. Not for a list that has such lines. */
  readFrom(text: string): void {
    this.text = text
  }
  /** Appends the field of a strictly read line; the four places are positions in the text of `readFrom`. */
  takeLine(id: number, name: string, start: number, nameEnd: number, valueStart: number, end: number): void {
    // White space of another form than ours is not passed on.
    if (valueStart - nameEnd !== separator || end > longestKept) {
      this.take(id, name, this.text.slice(valueStart, end))
      return
    }
    if (id === 0) this.keepName(name)
    this.cells.push(id, (start << 16) | end)
  }
  /** Appends all fields of a list that was read from a head; this list must have none of that kind. */
  takeAll(from: Fields): void {
    const { cells, custom } = from
    this.text = from.text
    for (let at = 0; at < cells.length; at += 2) {
      const id = cells[at] as number
      if (id === 0) this.keepName(custom?.[at >> 1] as string)
      this.cells.push(id, cells[at + 1] as string | number)
    }
  }
  /** Appends a run of fields of the table at once. */
  pushRun(run: FieldRun): void {
    const { ids, values } = run
    this.runStart = this.cells.length
    for (let i = 0; i < ids.length; i++) this.cells.push(ids[i] as number, values[i] as string)
    this.run = run
  }
  private keepName(name: string): void {
    const custom = (this.custom ??= [])
    // No holes, which would make every reading of the array slower.
    while (custom.length < this.length) custom.push('')
    custom.push(name)
  }
  append(name: Lowercase<string>, value: string): void {
    const lower = demandLine(name, value)
    this.take(fieldId(lower), lower, value)
  }

  /**
   * Appends the fields in HTTP/1.1 form to a head, each line with its line break before it. Values come from the parser
   * or are checked where they are made, so they hold no CR or LF.
   */
  writeTo(head: string): string {
    const { cells, run, runStart } = this
    let out = head
    /** Lines of the text that follow each other; none when `end` is 0. */
    let start = 0
    let end = 0
    for (let at = 0; at < cells.length; at += 2) {
      const cell = cells[at + 1] as string | number
      if (typeof cell === 'number') {
        if (end === 0 || cell >>> 16 !== end + lineBreak) {
          if (end > 0) out += this.text.slice(start, end)
          start = (cell >>> 16) - lineBreak
        }
        end = cell & 0xffff
        continue
      }
      if (end > 0) {
        out += this.text.slice(start, end)
        end = 0
      }
      if (run !== undefined && at === runStart) {
        out += run.text
        at += (run.ids.length - 1) << 1
        continue
      }
      const id = cells[at] as number
      out += id > 0 ? (fieldPrefixes[id] as string) : `\r\n${this.custom?.[at >> 1]}: `
      out += cell
    }
    return end > 0 ? out + this.text.slice(start, end) : out
  }

  private indexOf(name: string, from: number): number {
    return this.find(fieldId(name), name, from)
  }
  private find(id: number, name: string, from: number): number {
    const { cells, custom } = this
    if (id === 0 && custom === undefined) return -1
    for (let at = from << 1; at < cells.length; at += 2)
      if (cells[at] === id && (id > 0 || custom?.[at >> 1] === name)) return at >> 1
    return -1
  }
  private joined(id: number, name: string): string | undefined {
    const first = this.find(id, name, 0)
    if (first < 0) return undefined
    let value = this.valueAt(first)
    for (let i = this.find(id, name, first + 1); i >= 0; i = this.find(id, name, i + 1))
      value += `${id === cookieId ? '; ' : ', '}${this.valueAt(i)}`
    return value
  }

  get(name: Lowercase<string>): string | undefined {
    return this.joined(fieldId(name), name)
  }
  getById(id: number): string | undefined {
    return this.joined(id, '')
  }
  hasId(id: number): boolean {
    return this.find(id, '', 0) >= 0
  }
  getAll(name: Lowercase<string>): string[] {
    const found: string[] = []
    for (let i = this.indexOf(name, 0); i >= 0; i = this.indexOf(name, i + 1)) found.push(this.valueAt(i))
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
    this.cells[(first << 1) + 1] = value
    for (let i = this.indexOf(lower, first + 1); i >= 0; i = this.indexOf(lower, i)) this.removeAt(i)
  }
  remove(name: Lowercase<string>): void {
    for (let i = this.indexOf(name, 0); i >= 0; i = this.indexOf(name, i)) this.removeAt(i)
  }
  removeAt(index: number): void {
    this.run = undefined
    this.cells.splice(index << 1, 2)
    this.custom?.splice(index, 1)
  }
  /** Drops every field whose known name is flagged with `mask`; one pass, nothing allocated. */
  drop(flags: Uint8Array, mask: number): void {
    this.run = undefined
    const { cells, custom } = this
    let kept = 0
    for (let at = 0; at < cells.length; at += 2) {
      const id = cells[at] as number
      if (((flags[id] as number) & mask) !== 0) continue
      if (kept !== at) {
        cells[kept] = id
        cells[kept + 1] = cells[at + 1] as string | number
        if (custom !== undefined && custom.length > kept >> 1) custom[kept >> 1] = custom[at >> 1] ?? ''
      }
      kept += 2
    }
    // Taking the last ones away is cheaper than setting a length.
    while (cells.length > kept) cells.pop()
    if (custom !== undefined) while (custom.length > kept >> 1) custom.pop()
  }
  /** Flat name, value pairs. */
  toPairs(): string[] {
    const pairs: string[] = []
    for (let i = 0; i < this.length; i++) pairs.push(this.nameAt(i), this.valueAt(i))
    return pairs
  }
  clear(): void {
    this.run = undefined
    this.custom = undefined
    this.cells.length = 0
  }
}
