import type { AccessRecord } from './access-record.ts'
import type { ExplainRequest, ExplainResult } from './data-plane.ts'

/** A request that is over, as `GET /v1/requests/{id}` and `gwanmun explain --request` tell it. */
export interface PastRequest {
  /** What the access log has of it, masked as there. */
  readonly record: AccessRecord
  /** What its code means; absent when it has none. */
  readonly reason?: { readonly code: string; readonly title: string; readonly cause: string; readonly fix: string }
  /** The request of the record as it was asked again; absent with `today`. */
  readonly asked?: ExplainRequest
  /** What would happen to it now; absent when the record does not hold enough to ask. */
  readonly today?: ExplainResult
  /** What the record does not hold of the request, so that today's result may differ, or cannot be had. */
  readonly missing: readonly string[]
}
