import { type ErrorCode, errorEntry } from '../errors.ts'

/** What an endpoint answers; the server adds the fields that every answer carries. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  /** The connection is not used again: its request was not read to the end. */
  readonly close?: boolean
}

/** A JSON answer. */
export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
  headers,
})

/** A refusal (RFC 9457) with its code of `errors.ts`; `more` adds members. */
export const problem = (
  code: ErrorCode,
  detail?: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Answer => {
  const { status, title, cause, fix } = errorEntry(code)
  return {
    status,
    type: 'application/problem+json',
    body: `${JSON.stringify({ type: `urn:gwanmun:error:${code}`, title, status, code, detail: detail ?? cause, fix, ...more })}\n`,
    headers,
  }
}
