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
