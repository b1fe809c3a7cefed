import type { Exchange, Reply } from '../../contract/exchange.ts'
import type { FieldList } from '../../contract/fields.ts'
import type { PolicyDefinition } from '../../contract/policy.ts'
import { compileOrigins, isAnyOrigin } from '../../lib/origin-matcher.ts'
import { addVary } from '../../lib/vary.ts'
import type { CorsOptions } from './options.ts'

const answered = 1
const preflightRefused = 2
const readable = 3
const notReadable = 4

const tokens = /^[A-Za-z0-9!#$%&'*+.^_`|~, \t-]+$/
const preflightVary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'
/** What a browser that may not call gets: no field that would let it. */
const refusal: Reply = { status: 204, headers: ['vary', preflightVary] }

const methodsOf = (options: CorsOptions, route: readonly string[]): string | undefined => {
  const methods = options.methods ?? route
  if (methods.length === 0) return undefined
  return (methods.includes('GET') && !methods.includes('HEAD') ? [...methods, 'HEAD'] : methods).join(', ')
}

/**
 * `cors` (config.md §5.3; Fetch standard, CORS protocol): answers preflights with 204, and sets the fields of every
 * other answer, also of those that the gateway makes. Throws at load when credentials go with any origin.
 */
export const cors: PolicyDefinition<CorsOptions> = {
  name: 'cors',
  stage: 'cors',
  rank: 0,
  answers: { stage: 'respond', rank: 11 },
  dry: 'pure',
  create(options, host) {
    const origins = options.origins ?? ['*']
    const any = isAnyOrigin(origins)
    const credentials = options.credentials === true
    if (any && credentials) throw new Error('cors: credentials cannot go with any origin (*)')
    const matches = compileOrigins(origins)
    const methods = methodsOf(options, host.match.methods)
    const headers = options.headers?.join(', ')
    const expose = options.expose === undefined || options.expose.length === 0 ? undefined : options.expose.join(', ')
    const maxAge = String(Math.floor((options.maxAge ?? 3_600_000) / 1000))

    const preflight = (exchange: Exchange, asked: string): Reply => {
      const { fields } = exchange.request
      const made = ['vary', preflightVary, 'access-control-max-age', maxAge]
      const allowed = methods ?? (tokens.test(asked) ? asked : undefined)
      if (allowed !== undefined) made.push('access-control-allow-methods', allowed)
      const wanted = fields.get('access-control-request-headers')
      const named = headers ?? (wanted !== undefined && tokens.test(wanted) ? wanted : undefined)
      if (named !== undefined && named !== '') made.push('access-control-allow-headers', named)
      if (options.privateNetwork === true && fields.get('access-control-request-private-network') === 'true')
        made.push('access-control-allow-private-network', 'true')
      return { status: 204, headers: made }
    }
    /** A service's own CORS fields never pass: the gateway decides. */
    const clear = (fields: FieldList): void => {
      for (let i = fields.length - 1; i >= 0; i--)
        if (fields.nameAt(i).startsWith('access-control-')) fields.removeAt(i)
    }
    return {
      onRequest(exchange) {
        if (exchange.request.method !== 'OPTIONS') return undefined
        const { fields } = exchange.request
        const origin = fields.get('origin')
        const asked = fields.get('access-control-request-method')
        if (origin === undefined || asked === undefined) return undefined
        const isAllowed = matches(origin)
        exchange.note(isAllowed ? answered : preflightRefused)
        return isAllowed ? preflight(exchange, asked) : refusal
      },
      onResponse(exchange) {
        const { fields, source } = exchange.response
        if (source !== 'gateway') clear(fields)
        if (!any) addVary(fields, 'Origin')
        const origin = exchange.request.fields.get('origin')
        if (origin === undefined) {
          if (any) fields.set('access-control-allow-origin', '*')
          return undefined
        }
        if (!any && !matches(origin)) {
          exchange.note(notReadable)
          return undefined
        }
        exchange.note(readable)
        fields.set('access-control-allow-origin', any ? '*' : origin)
        if (credentials) fields.set('access-control-allow-credentials', 'true')
        if (expose !== undefined) fields.set('access-control-expose-headers', expose)
        return undefined
      },
      explain(exchange, code) {
        const origin = exchange.request.fields.get('origin') ?? 'none'
        if (code === answered) return `preflight answered for ${origin}`
        if (code === preflightRefused) return `preflight of ${origin} not allowed: it is not among the origins`
        return code === readable
          ? `${origin} may read the answer`
          : `${origin} may not read the answer: it is not among the origins`
      },
    }
  },
}
