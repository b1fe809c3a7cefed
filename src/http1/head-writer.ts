import type { FieldList } from '../contract/fields.ts'
import { flat } from '../lib/flat.ts'
import { reasonPhrase } from '../lib/status.ts'

const statusLines: string[] = []
for (let status = 100; status < 600; status++) statusLines[status] = flat(`HTTP/1.1 ${status} ${reasonPhrase(status)}`)

/** A status line without its line break. */
export const statusLine = (status: number): string => statusLines[status] ?? `HTTP/1.1 ${status} `
/** A trailer section, from its first name to the empty line. */
export const writeTrailers = (fields: FieldList): string => {
  let text = ''
  for (let i = 0; i < fields.length; i++) text += `${fields.nameAt(i)}: ${fields.valueAt(i)}\r\n`
  return `${text}\r\n`
}
