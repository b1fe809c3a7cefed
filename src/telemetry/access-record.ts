import type { AccessRecord } from '../contract/access-record.ts'

/** Renders a record as one line without its end. */
export type RecordFormat = (record: AccessRecord) => string

/** Renders a run of JSON lines in another format; a line that is none is left out. */
export const formatRun = (run: Buffer, format: RecordFormat): Buffer => {
  let out = ''
  for (const line of run.toString('latin1').split('\n')) {
    if (line === '') continue
    try {
      out += `${format(JSON.parse(line) as AccessRecord)}\n`
    } catch {
      continue
    }
  }
  return Buffer.from(out)
}
