/** An access record as read back from its line; `log.fields` stand beside these. */
export interface AccessRecord {
  readonly time: string
  readonly status: number
  readonly source: string
  readonly client: string
  readonly id?: string
  readonly method?: string
  readonly host?: string
  readonly path?: string
  readonly listener?: string
  readonly route?: string
  readonly service?: string
  readonly target?: string
  readonly code?: string
  readonly detail?: string
  readonly ms?: number
  readonly serviceMs?: number
  readonly bytesIn?: number
  readonly bytesOut?: number
  readonly attempts?: number
  readonly aborted?: boolean
  readonly traceId?: string
  readonly userAgent?: string
  readonly protocol?: string
}

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
