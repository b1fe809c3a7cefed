import type { AccessRecord } from '../contract/access-record.ts'
import type { AdminPorts } from '../contract/admin.ts'
import type { ExplainRequest } from '../contract/data-plane.ts'
import type { PastRequest } from '../contract/past-request.ts'
import { type ErrorCode, errorEntry, errors } from '../errors.ts'
import { masked } from '../lib/redaction.ts'

/** Texts of the log are cut at 1 KiB of their escaped form, in which a sign has six bytes at most. */
const shortestCut = 1024 / 6 - '...'.length - 1
const isCut = (text: string): boolean => text.endsWith('...') && text.length >= shortestCut
/** What may stand in a field; a record holds nothing else, unless it was not made from a parsed head. */
const fieldText = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

interface Again {
  readonly asked: ExplainRequest | undefined
  readonly missing: readonly string[]
}

/** The request of a record, made once more from what it holds. */
const again = (record: AccessRecord, listeners: readonly string[]): Again => {
  const { method, path, host, userAgent, client, listener } = record
  if (method === undefined || path === undefined)
    return { asked: undefined, missing: ['method and path: it was refused before its head was understood'] }
  if (isCut(path)) return { asked: undefined, missing: ['the end of its path: the log cuts long texts'] }
  if (listener !== undefined && !listeners.includes(listener))
    return { asked: undefined, missing: [`the listener ${listener}, which is not there any more`] }
  const agent = userAgent !== undefined && !isCut(userAgent) && fieldText.test(userAgent) ? userAgent : undefined
  return {
    asked: {
      method,
      url: path,
      headers: [...(host === undefined ? [] : ['Host', host]), ...(agent === undefined ? [] : ['User-Agent', agent])],
      from: client,
      ...(listener === undefined ? {} : { listener }),
    },
    missing: [
      ...(host === undefined ? ['the host'] : []),
      `header fields other than Host${agent === undefined ? '' : ' and User-Agent'}`,
      'the body',
      ...(path.includes(`=${masked}`) ? [`masked values of the query, which stand as ${masked}`] : []),
    ],
  }
}

/** Tells a request by its kept record, and asks what would happen to it now; undefined when no record is kept. */
export const pastRequest = async (ports: AdminPorts, id: string): Promise<PastRequest | undefined> => {
  const record = await ports.record(id)
  if (record === undefined) return undefined
  const { code } = record
  const { listeners } = await ports.info()
  const { asked, missing } = again(
    record,
    listeners.map((one) => one.name),
  )
  const told: PastRequest = {
    record,
    ...(code === undefined || !Object.hasOwn(errors, code) ? {} : { reason: reasonOf(code as ErrorCode) }),
    missing,
  }
  if (asked === undefined) return told
  try {
    return { ...told, asked, today: await ports.explain(asked) }
  } catch (error) {
    // The record is worth having without it.
    ports.log('warn', 'a past request cannot be explained', { id, error })
    return { ...told, missing: ['today’s result: no worker told it'] }
  }
}

const reasonOf = (code: ErrorCode): NonNullable<PastRequest['reason']> => {
  const { title, cause, fix } = errorEntry(code)
  return { code, title, cause, fix }
}
