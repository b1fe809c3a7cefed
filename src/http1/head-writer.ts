import type { FieldList } from '../contract/fields.ts'
import { fieldPrefixes } from '../lib/field-names.ts'
import { reasonPhrase } from '../lib/status.ts'

const statusLines: string[] = []
for (let status = 100; status < 600; status++) statusLines[status] = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`

/** Field lines in HTTP/1.1 form. Values come from the parser or are checked where they are made, so they hold no CR or LF. */
export const writeFields = (fields: FieldList): string => {
  let text = ''
  for (let i = 0; i < fields.length; i++) {
    const id = fields.idAt(i)
    text += (id > 0 ? (fieldPrefixes[id] as string) : `${fields.nameAt(i)}: `) + fields.valueAt(i) + '\r\n'
  }
  return text
}
export const statusLine = (status: number): string => statusLines[status] ?? `HTTP/1.1 ${status} \r\n`
