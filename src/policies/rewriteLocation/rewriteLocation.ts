import type { Exchange } from '../../contract/exchange.ts'
import type { Target } from '../../contract/plan.ts'
import type { PolicyDefinition } from '../../contract/policy.ts'
import { idOf } from '../../lib/field-names.ts'
import type { RewriteLocationOptions } from './options.ts'

const turned = 1
const locationId = idOf('location')

/** Where the path begins in an absolute URL that points at the target, or -1. */
const behindTarget = (location: string, target: Target): number => {
  const scheme = target.scheme === 'https' ? 'https' : 'http'
  const head = `${scheme}://`
  if (location.slice(0, head.length).toLowerCase() !== head) return -1
  let end = location.length
  for (let i = head.length; i < end; i++) {
    const code = location.charCodeAt(i)
    if (code === 0x2f || code === 0x3f || code === 0x23) end = i
  }
  const authority = location.slice(head.length, end).toLowerCase()
  const port = scheme === 'https' ? ':443' : ':80'
  const plain = (text: string): string => (text.endsWith(port) ? text.slice(0, -port.length) : text)
  return plain(authority) === plain(target.authority.toLowerCase()) ? end : -1
}

const isBelow = (path: string, prefix: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || /^[/?#]/.test(path.slice(prefix.length)))

/** What the way here took from the front of the path, so that it can be put back; empty when it did something else. */
const takenPrefix = (exchange: Exchange): string => {
  const asked = exchange.clientPath ?? exchange.request.path
  const sent = exchange.request.path
  if (asked === sent) return ''
  if (asked.endsWith(sent)) return asked.slice(0, asked.length - sent.length)
  return sent === '/' ? asked.replace(/\/$/, '') : ''
}

/** The public path of a path at the target: its own prefix off, the stripped one on; undefined when it is public already. */
const publicPath = (exchange: Exchange, target: Target, path: string, absolute: boolean): string | undefined => {
  const taken = takenPrefix(exchange)
  const isPrefixed = target.prefix !== '' && isBelow(path, target.prefix)
  if (!absolute && !isPrefixed && (taken === '' || target.prefix !== '' || isBelow(path, taken))) return undefined
  const own = isPrefixed ? path.slice(target.prefix.length) : path
  if (taken === '' || isBelow(own, taken)) return own.startsWith('/') ? own : `/${own}`
  return own.startsWith('/') ? taken + own : `${taken}/${own}`
}

const publicOrigin = (exchange: Exchange): string => {
  const { scheme } = exchange.client
  const { host, port } = exchange.request
  return `${scheme}://${host}${port === (scheme === 'https' ? 443 : 80) ? '' : `:${port}`}`
}

/**
 * `rewriteLocation` (config.md §5.7): a `Location` with the target's address gets the public one, and its path the
 * prefix that `stripPrefix` took, without the one of the target's URL. Other addresses stay.
 */
export const rewriteLocation: PolicyDefinition<RewriteLocationOptions> = {
  name: 'rewriteLocation',
  stage: 'respond',
  rank: 7,
  dry: 'pure',
  create(options) {
    if (!options) return {}
    return {
      onResponse(exchange) {
        const { response, target } = exchange
        if (response.source !== 'service' || target === undefined) return undefined
        const location = response.fields.getById(locationId)
        if (location === undefined) return undefined
        const isPath = location.startsWith('/') && !location.startsWith('//')
        const at = isPath ? 0 : behindTarget(location, target)
        if (at < 0) return undefined
        const path = publicPath(exchange, target, location.slice(at), !isPath)
        if (path === undefined) return undefined
        // Browsers drop tabs; slashes are joined so that a path of the service can never turn into a host.
        const single = path.replaceAll('\t', '').replace(/^[/\\]+/, '/')
        response.fields.set('location', isPath ? single : publicOrigin(exchange) + single)
        exchange.note(turned)
        return undefined
      },
      explain: (exchange) => `Location is ${exchange.response.fields.get('location') ?? 'gone'}`,
    }
  },
}
