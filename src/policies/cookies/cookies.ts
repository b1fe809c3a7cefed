import type { PolicyDefinition } from '../../contract/policy.ts'
import type { CookiesOptions } from './options.ts'

/** Text that may stand in an attribute's value (RFC 6265 §4.1.1, `av-octet`). */
const attributeText = /^[\x20-\x3a\x3c-\x7e]*$/
const changed = 1

interface Forced {
  /** Lower-case names of the attributes that are decided here. */
  readonly names: ReadonlySet<string>
  readonly attributes: string
  /** For cookies named `__Host-…`, which browsers refuse with a domain or another path. */
  readonly hostAttributes: string
}

const compile = (options: CookiesOptions): Forced => {
  const names = new Set<string>()
  let attributes = ''
  let hostAttributes = ''
  const force = (name: string, value: string | boolean | null | undefined): void => {
    if (value === undefined) return
    if (typeof value === 'string' && !attributeText.test(value))
      throw new Error(`cookies: ${name} holds characters that may not stand in an attribute`)
    names.add(name.toLowerCase())
    if (value === null || value === false) return
    const text = value === true ? `; ${name}` : `; ${name}=${value}`
    attributes += text
    if (name !== 'Domain' && name !== 'Path') hostAttributes += text
  }
  force('Domain', options.domain)
  force('Path', options.path)
  force('Secure', options.secure)
  force('HttpOnly', options.httpOnly)
  force('SameSite', options.sameSite)
  return { names, attributes, hostAttributes }
}

/** Rewrites one `Set-Cookie` value: pair and attributes that nothing decides stay as they are. */
const rewritten = (cookie: string, forced: Forced): string => {
  const [pair = '', ...attributes] = cookie.split(';')
  const isHost = /^\s*__Host-/i.test(pair)
  let made = pair.trim()
  for (const attribute of attributes) {
    const text = attribute.trim()
    const equals = text.indexOf('=')
    const name = (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase()
    const stays = !forced.names.has(name) || (isHost && (name === 'path' || name === 'secure'))
    if (text !== '' && stays) made += `; ${text}`
  }
  if (!isHost) return made + forced.attributes
  return (
    made + (/;\s*secure(?:;|$)/i.test(made) ? forced.hostAttributes.replace('; Secure', '') : forced.hostAttributes)
  )
}

/** `cookies` (config.md §5.7): attributes forced on every `Set-Cookie` of the service. */
export const cookies: PolicyDefinition<CookiesOptions> = {
  name: 'cookies',
  stage: 'respond',
  rank: 8,
  dry: 'pure',
  create(options) {
    const forced = compile(options)
    return {
      onResponse(exchange) {
        const { fields, source } = exchange.response
        if (source !== 'service' || !fields.has('set-cookie')) return undefined
        const values = fields.getAll('set-cookie')
        fields.remove('set-cookie')
        for (const value of values) fields.append('set-cookie', rewritten(value, forced))
        exchange.note(changed, values.length)
        return undefined
      },
      explain: (_exchange, _code, count) => `${count} cookies`,
    }
  },
}
