/** What a pretend service answers; `events` is an event stream, one item a second. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly location?: string
  readonly events?: readonly unknown[]
}

/** A request as a pretend service sees it. */
export interface Question {
  readonly method: string
  /** Path segments after the service's own name: `/orders/1` gives `['1']`. */
  readonly rest: readonly string[]
  readonly query: URLSearchParams
  readonly body: unknown
}

/** One pretend service: data in memory, gone with the process. */
export interface PretendService {
  readonly name: string
  /** ms that an answer takes, about. */
  readonly pace: number
  answer(question: Question): Answer
}

/** 404 with a sentence. */
export const missing = (what: string): Answer => ({ status: 404, body: { error: `no ${what}` } })
