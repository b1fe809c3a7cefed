import type { Reply } from '../../contract/exchange.ts'
import type { FieldList } from '../../contract/fields.ts'
import type { RouteSettings } from '../../contract/plan.ts'
import type { PolicyDefinition } from '../../contract/policy.ts'
import { serviceErrorDetail, type TemplateSource } from '../../lib/placeholder-reader.ts'
import { compileRespond, type MakeReply } from '../../lib/reply.ts'
import type { RespondOptions } from '../../lib/respond-schema.ts'
import { compileByStatus } from '../../lib/status-set.ts'
import { compileTemplateTree, compileText } from '../../lib/template-tree.ts'
import type { ErrorsOptions } from './options.ts'

const replaced = 1
const problem = 2
const jsonType = 'application/json'
const textType = 'text/plain; charset=utf-8'
const makerOf = ({ status, headers = {}, body }: RespondOptions, source: TemplateSource): MakeReply =>
  compileRespond({ status, headers, body, contentType: undefined }, source)

/** Fields that describe the body which is replaced (RFC 9110 §8, RFC 9530, RFC 6266). Others of `content-` say how to treat the answer. */
// oxfmt-ignore
const ofBody = new Set([
  'content-type', 'content-length', 'content-encoding', 'content-language', 'content-location', 'content-range', 'content-md5', 'content-digest', 'content-disposition',
  'etag', 'last-modified', 'accept-ranges', 'digest', 'repr-digest', 'trailer',
])
const keptFields = (fields: FieldList): string[] => {
  const kept: string[] = []
  for (let i = 0; i < fields.length; i++) {
    const name = fields.nameAt(i)
    if (!ofBody.has(name)) kept.push(name, fields.valueAt(i))
  }
  return kept
}

const problemSetting = (options: ErrorsOptions, source: TemplateSource): RouteSettings['problem'] => {
  const { body, contentType } = options
  if (body === undefined) return contentType === undefined ? undefined : () => ({ body: undefined, contentType })
  const isText = typeof body === 'string'
  const tree = isText ? compileText(body, source) : compileTemplateTree(body, source)
  const type = contentType ?? (isText ? textType : jsonType)
  return (exchange) => ({ body: tree.write(exchange), contentType: type })
}

/**
 * `errors` (config.md §5.7): bodies of refusals come from the setting `problem`; answers whose status has a replacement,
 * and with `services: problem` those of services too, are replaced here. A service's fields stay but for those about its body.
 */
export const errors: PolicyDefinition<ErrorsOptions> = {
  name: 'errors',
  stage: 'respond',
  rank: 4,
  dry: 'pure',
  settings: (options, host) => ({ problem: problemSetting(options, host) }),
  create(options, host) {
    const replacements = Object.entries(options.replace ?? {}).map(
      ([key, respond]) => [key, makerOf(respond, host)] as const,
    )
    const ofServices = options.services === 'problem'
    if (!ofServices && replacements.length === 0) return {}
    const makerFor = compileByStatus(replacements)
    return {
      onResponse(exchange): Reply | undefined {
        const { status, source, fields } = exchange.response
        if (status < 400) return undefined
        const isOwn = source === 'gateway'
        // A configured answer (respond, handler) has no code: it is what the operator wrote, not an error of the gateway.
        if (isOwn ? exchange.code === undefined : !ofServices) return undefined
        const make = makerFor(status)
        const code = exchange.code ?? 'GW5029'
        // The sentence for clients; what the log says beyond it stays there.
        const detail = isOwn ? exchange.reply?.detail : serviceErrorDetail(status)
        const about = detail === undefined ? { code } : { code, detail }
        if (make !== undefined) {
          exchange.note(replaced, status)
          return { ...make(exchange), ...about }
        }
        if (isOwn) return undefined
        exchange.note(problem, status)
        return { status, headers: keptFields(fields), ...about }
      },
      explain: (_exchange, code, status) =>
        code === replaced ? `${status} replaced by a fixed answer` : `body of the service’s ${status} replaced`,
    }
  },
}
