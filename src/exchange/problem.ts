import type { Reply } from '../contract/exchange.ts'
import { type ErrorCode, errorEntry, errors } from '../errors.ts'
import type { ExchangeState } from './state.ts'

/** Names the kind of problem (RFC 9457 §3.1.1); `gwanmun docs CODE` prints its page. */
const type = 'urn:gwanmun:error:'
const isCode = (code: string): code is ErrorCode => Object.hasOwn(errors, code)

/** JSON text of a string that may hold anything; client bytes come out as ASCII. */
const quote = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** An RFC 9457 document, with what to do about it where `hint` is set. Names no target, no version and no stack (rows 11.20, S27). */
export const problemBody = (
  code: string,
  status: number,
  detail: string | undefined,
  instance: string,
  id: string,
  hint = false,
): string => {
  const known = isCode(code) ? errorEntry(code) : undefined
  const title = known?.title ?? 'Refused'
  return (
    `{"type":"${type}${code}","title":${quote(title)},"status":${status},"code":"${code}",` +
    `"detail":${quote(detail ?? known?.cause ?? title)},"instance":${quote(instance.length > 1024 ? instance.slice(0, 1024) : instance)},"requestId":${quote(id)}` +
    (hint && known !== undefined ? `,"hint":${quote(known.fix)}}\n` : '}\n')
  )
}

/** A refusal from the table of errors, prebuilt by whoever needs it often. */
export const refuse = (code: ErrorCode, detail?: string, headers?: readonly string[], close?: boolean): Reply => ({
  status: errorEntry(code).status,
  code,
  ...(detail === undefined ? {} : { detail }),
  ...(headers === undefined ? {} : { headers }),
  ...(close === true ? { close: true } : {}),
})

/** Body and type of a reply that brings none of its own. */
export const problemOf = (exchange: ExchangeState, reply: Reply): string =>
  problemBody(
    reply.code ?? 'GW5001',
    reply.status,
    reply.detail,
    exchange.clientPath ?? exchange.request.path,
    exchange.id,
    exchange.engine.hints,
  )
