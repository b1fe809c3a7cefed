import { tokenBytes, valueBytes } from '../lib/bytes.ts'
import { fieldNames } from '../lib/field-names.ts'
import { sharedBuffer } from './wire.ts'

/**
 * Scans the field lines of a head or trailer (RFC 9112 §5) and leaves what it found in `marks`: five numbers a field.
 * One pass over the bytes, values four at a time; names of the table are found by their length and three of their bytes.
 */
export const maxMarkedFields = 256
/** For each field: name start, name end, value start, value end, id. */
export const marks: Int32Array = new Int32Array(maxMarkedFields * 5)

/** Why a scan stopped. Negative, so that positions stay positive and 0 means "more bytes wanted". */
export const scanFault = {
  syntax: -1,
  tooMany: -2,
  fieldTooLarge: -3,
  fold: -4,
  lineEnd: -5,
} as const

/**
 * Names are compared four bytes at a time; only where the table has a letter does its mask let the case differ, so what
 * compares equal holds the very characters of the name and is a token.
 */
const letterBit = 0x20
const tableSize = 1024
const slots = new Int16Array(tableSize)
const nextSameSlot = new Int16Array(fieldNames.length)
const nameLengths = new Uint8Array(fieldNames.length)
/** Where the words of a name begin in `nameWords`; the last word of a name ends with it and may overlap the one before. */
const wordStarts = new Int16Array(fieldNames.length)
const nameWords = new Int32Array(fieldNames.length * 10)
const nameMasks = new Int32Array(nameWords.length)

const slotOf = (length: number, first: number, middle: number, last: number): number =>
  (length * 131 + (first | 32) * 7 + (middle | 32) * 31 + (last | 32) * 3) & (tableSize - 1)

const longestName = Math.max(...fieldNames.map(({ length }) => length))
let wordsUsed = 0
for (let id = 1; id < fieldNames.length; id++) {
  const name = fieldNames[id] as string
  const bytes = Buffer.from(name, 'latin1')
  const mask = Buffer.from(bytes.map((byte) => (byte >= 97 && byte <= 122 ? letterBit : 0)))
  const { length } = bytes
  nameLengths[id] = length
  wordStarts[id] = wordsUsed
  const keep = (word: number, bits: number): void => {
    nameWords[wordsUsed] = word
    nameMasks[wordsUsed++] = bits
  }
  if (length >= 4) {
    for (let i = 0; i + 4 < length; i += 4) keep(bytes.readInt32LE(i), mask.readInt32LE(i))
    keep(bytes.readInt32LE(length - 4), mask.readInt32LE(length - 4))
  } else for (const [i, byte] of bytes.entries()) keep(byte, mask[i] as number)
  const slot = slotOf(length, bytes[0] as number, bytes[length >> 1] as number, bytes[length - 1] as number)
  nextSameSlot[id] = slots[slot] as number
  slots[slot] = id
}

/** Id of the name between the positions, whatever bytes they hold; 0 when it is not in the table. */
const findId = (buffer: Uint8Array, words: DataView, start: number, end: number): number => {
  const length = end - start
  const slot = slotOf(
    length,
    buffer[start] as number,
    buffer[start + (length >> 1)] as number,
    buffer[end - 1] as number,
  )
  for (let id = slots[slot] as number; id !== 0; id = nextSameSlot[id] as number) {
    if (nameLengths[id] !== length) continue
    let at = wordStarts[id] as number
    let i = start
    if (length >= 4) {
      while (i + 4 < end && (words.getInt32(i, true) | (nameMasks[at] as number)) === nameWords[at]) {
        i += 4
        at++
      }
      if (i + 4 >= end && (words.getInt32(end - 4, true) | (nameMasks[at] as number)) === nameWords[at]) return id
    } else {
      while (i < end && ((buffer[i] as number) | (nameMasks[at] as number)) === nameWords[at]) {
        i++
        at++
      }
      if (i === end) return id
    }
  }
  return 0
}

/** Almost every head is read from the buffer that connections share. */
const sharedWords = new DataView(sharedBuffer.buffer, sharedBuffer.byteOffset, sharedBuffer.byteLength)
const wordsOf = (buffer: Uint8Array): DataView =>
  buffer === sharedBuffer ? sharedWords : new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)

/** Whether one of the four bytes is a control character, DEL among them. */
const hasControl = (word: number): boolean => {
  const del = word ^ 0x7f7f7f7f
  return (((((word - 0x20202020) | 0) & ~word) | (((del - 0x01010101) | 0) & ~del)) & 0x80808080) !== 0
}

/** Place of the first colon among the bytes that a name of the table may have, 0 when there is none. */
const colonFrom = (buffer: Uint8Array, words: DataView, start: number, end: number): number => {
  const last = Math.min(end, start + longestName + 1)
  let position = start
  for (; position + 4 <= last; position += 4) {
    // A byte that is a colon becomes zero, and only below a zero may the borrow be wrong: the lowest mark is right.
    const word = words.getInt32(position, true) ^ 0x3a3a3a3a
    const found = ((word - 0x01010101) | 0) & ~word & 0x80808080
    if (found !== 0) return position + ((31 - Math.clz32(found & -found)) >> 3)
  }
  for (; position < last; position++) if (buffer[position] === 58) return position
  return 0
}

const hasUnderscore = (buffer: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (buffer[i] === 95) return true
  return false
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
  const words = wordsOf(buffer)
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
    // A name of the table is a token; any other is read byte by byte.
    position = colonFrom(buffer, words, lineStart, end)
    const id = position === 0 ? 0 : findId(buffer, words, lineStart, position)
    if (id === 0) {
      position = lineStart
      while (tokenBytes[byte] === 1) {
        if (++position >= end) return end - lineStart > maxField ? scanFault.fieldTooLarge : 0
        byte = buffer[position] as number
      }
      if (byte !== 58 || position === lineStart)
        return byte === 10 || byte === 13 ? scanFault.lineEnd : scanFault.syntax
    }
    const nameEnd = position
    do {
      if (++position >= end) return 0
      byte = buffer[position] as number
    } while (byte === 32 || byte === 9)
    const valueStart = position
    while (position + 4 <= end && !hasControl(words.getInt32(position, true))) position += 4
    if (position >= end) return end - lineStart > maxField ? scanFault.fieldTooLarge : 0
    byte = buffer[position] as number
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
    marks[mark + 4] = id
    // No name of the table holds one.
    if (id === 0 && hasUnderscore(buffer, lineStart, nameEnd)) scanned.underscores = true
    count++
  }
}
