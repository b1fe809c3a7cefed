import { lowerBytes, tokenBytes, valueBytes } from '../lib/bytes.ts'
import { fieldNames } from '../lib/field-names.ts'

/**
 * Scans the field lines of a head or trailer (RFC 9112 §5) and leaves what it found in `marks`: five numbers a field.
 * One pass over the bytes; names of the table are found by a hash that the pass computes on its way.
 */
export const maxMarkedFields = 256
/** For each field: name start, name end, value start, value end, id. */
export const marks: Int32Array = new Int32Array(maxMarkedFields * 5)

/** Why a scan stopped. Negative, so that positions stay positive and 0 means "more bytes wanted". */
export const scanFault = {
  syntax: -1,
  tooMany: -2,
  underscore: -3,
  fieldTooLarge: -4,
  fold: -5,
  lineEnd: -6,
} as const

const tableSize = 2048
const hashStep = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte) | 0
const slots = new Int16Array(tableSize)
const nextSameSlot = new Int16Array(fieldNames.length)
const nameBytes: readonly Uint8Array[] = fieldNames.map((name) => Uint8Array.from(Buffer.from(name, 'latin1')))
for (let id = 1; id < fieldNames.length; id++) {
  let hash = 0
  for (const byte of nameBytes[id] as Uint8Array) hash = hashStep(hash, byte)
  const slot = hash & (tableSize - 1)
  nextSameSlot[id] = slots[slot] as number
  slots[slot] = id
}

const findId = (buffer: Uint8Array, start: number, end: number, hash: number): number => {
  for (let id = slots[hash & (tableSize - 1)] as number; id !== 0; id = nextSameSlot[id] as number) {
    const bytes = nameBytes[id] as Uint8Array
    if (bytes.length !== end - start) continue
    let i = 0
    while (i < bytes.length && lowerBytes[buffer[start + i] as number] === bytes[i]) i++
    if (i === bytes.length) return id
  }
  return 0
}

/** Number of fields of the last complete scan, and whether one of the names holds an underscore. */
export const scanned: { count: number; underscores: boolean } = { count: 0, underscores: false }

/**
 * Scans from `start`, the first byte of a field line or of the empty line. Gives the position after the empty line,
 * 0 when the bytes end before it, or a fault.
 * @param maxFields most fields allowed, at most `maxMarkedFields`
 * @param maxField most bytes of one field line
 */
export const scanFields = (
  buffer: Uint8Array,
  start: number,
  end: number,
  maxFields: number,
  maxField: number,
): number => {
  let position = start
  let count = 0
  scanned.underscores = false
  for (;;) {
    if (position >= end) return 0
    let byte = buffer[position] as number
    if (byte === 13) {
      if (position + 1 >= end) return 0
      if (buffer[position + 1] !== 10) return scanFault.lineEnd
      scanned.count = count
      return position + 2
    }
    if (byte === 32 || byte === 9) return scanFault.fold
    if (count === maxFields) return scanFault.tooMany
    const lineStart = position
    let hash = 0
    while (tokenBytes[byte] === 1) {
      hash = (Math.imul(hash, 31) + (lowerBytes[byte] as number)) | 0
      if (byte === 95) scanned.underscores = true
      if (++position >= end) return end - lineStart > maxField ? scanFault.fieldTooLarge : 0
      byte = buffer[position] as number
    }
    if (byte !== 58 || position === lineStart) return byte === 10 || byte === 13 ? scanFault.lineEnd : scanFault.syntax
    const nameEnd = position
    do {
      if (++position >= end) return 0
      byte = buffer[position] as number
    } while (byte === 32 || byte === 9)
    const valueStart = position
    while (valueBytes[byte] === 1) {
      if (++position >= end) return end - lineStart > maxField ? scanFault.fieldTooLarge : 0
      byte = buffer[position] as number
    }
    if (byte !== 13) return byte === 10 ? scanFault.lineEnd : scanFault.syntax
    let valueEnd = position
    while (valueEnd > valueStart && (buffer[valueEnd - 1] === 32 || buffer[valueEnd - 1] === 9)) valueEnd--
    if (position + 1 >= end) return 0
    if (buffer[position + 1] !== 10) return scanFault.lineEnd
    position += 2
    if (position - lineStart > maxField) return scanFault.fieldTooLarge
    const mark = count * 5
    marks[mark] = lineStart
    marks[mark + 1] = nameEnd
    marks[mark + 2] = valueStart
    marks[mark + 3] = valueEnd
    marks[mark + 4] = findId(buffer, lineStart, nameEnd, hash)
    count++
  }
}
