import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SlotTable } from '../contract/threads.ts'
import { cutPieces } from './parcel.ts'

const sections = ['listeners', 'routes', 'services', 'targets'] as const
type Section = (typeof sections)[number]

/** A slot table as JSON lines in shared pieces, so that reading a long one can be done in slices. */
export const cutSlots = (table: SlotTable): readonly SharedArrayBuffer[] =>
  cutPieces(
    sections.flatMap((section) =>
      Object.entries(table[section]).map(([name, slot]) => JSON.stringify([section, name, slot])),
    ),
  )

/** Reads the pieces of a slot table, one piece a turn of the loop. */
export async function readSlots(pieces: readonly SharedArrayBuffer[]): Promise<SlotTable> {
  const empty = (): Record<string, number> => Object.create(null) as Record<string, number>
  const table = { listeners: empty(), routes: empty(), services: empty(), targets: empty() }
  for (const piece of pieces) {
    const lines = Buffer.from(piece).toString('utf8').replaceAll('\n', ',')
    for (const [section, name, slot] of JSON.parse(`[${lines}]`) as [Section, string, number][])
      table[section][name] = slot
    await nextTurn()
  }
  return table
}
