import type { FieldList } from '../contract/fields.ts'
import { fieldPrefixes } from '../lib/field-names.ts'
import { flat } from '../lib/flat.ts'
import { reasonPhrase } from '../lib/status.ts'

const statusLines: string[] = []
for (let status = 100; status < 600; status++) statusLines[status] = flat(`HTTP/1.1 ${status} ${reasonPhrase(status)}`)

/**
 * Appends field lines in HTTP/1.1 form, each with its line break before it. Values come from the parser or are checked
 * where they are made, so they hold no CR or LF.
 */
export const writeFields = (head: string, fields: FieldList): string => {
  let text = head
  const { run, runStart } = fields
  for (let i = 0; i < fields.length; i++) {
    if (run !== undefined && i === runStart) {
      text += run.text
      i += run.ids.length - 1
      continue
    }
    const id = fields.idAt(i)
    text += id > 0 ? (fieldPrefixes[id] as string) : `\r\n${fields.nameAt(i)}: `
    text += fields.valueAt(i)
  }
  return text
}
/** A status line without its line break. */
export const statusLine = (status: number): string => statusLines[status] ?? `HTTP/1.1 ${status} `
/** A trailer section, from its first name to the empty line. */
export const writeTrailers = (fields: FieldList): string => {
  let text = ''
  for (let i = 0; i < fields.length; i++) text += `${fields.nameAt(i)}: ${fields.valueAt(i)}\r\n`
  return `${text}\r\n`
}
