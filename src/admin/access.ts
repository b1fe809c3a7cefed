import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { AdminToken } from '../contract/admin.ts'
import type { Answer } from './answer.ts'
import { isLoopback } from '../lib/loopback.ts'
import { problem } from './answer.ts'
import { createGuessLimit, type GuessLimit } from './guess-limit.ts'

/** What an endpoint asks for; `admin` may everything. */
export type Scope = 'read' | 'write:config' | 'write:runtime' | 'none'

/** A request as far as access looks at it. */
export interface Caller {
  readonly method: string
  readonly address: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
  readonly fetchMode: string | undefined
  readonly authorization: string | undefined
}

/** Decides who may ask. */
export interface Access {
  /** A refusal, or undefined. */
  refuse(caller: Caller, scope: Scope): Answer | undefined
}

const nameOf = (host: string): string => {
  const lower = host.trim().toLowerCase()
  // After a bracket only a port may follow; anything else is no host.
  if (lower.startsWith('[')) return /^\[([^\]]+)\](?::\d{1,5})?$/.exec(lower)?.[1] ?? ''
  const colon = lower.indexOf(':')
  return colon < 0 ? lower : lower.slice(0, colon)
}

/**
 * Makes the rules for a bound address. On loopback, where no token may be needed, `Host` must be an address,
 * `localhost` or one of `hosts`: a name that an attacker points at this machine (DNS rebinding) is none of them.
 * Elsewhere a token is always needed, which such a page does not have. With tokens configured, they are needed on
 * loopback too.
 */
export const createAccess = (
  bound: string,
  hosts: readonly string[],
  tokens: () => readonly AdminToken[],
  now: () => number,
): Access => {
  const local = isLoopback(bound)
  const names = new Set(['localhost', bound.toLowerCase(), ...hosts.map((host) => host.toLowerCase())])
  const guesses = createGuessLimit(now)
  const knows = (host: string): boolean => {
    const name = nameOf(host)
    return isIP(name) !== 0 || names.has(name) || name.endsWith('.localhost')
  }
  return {
    refuse(caller, scope) {
      if (caller.host === undefined) return problem('GW4002', 'A Host field is needed.')
      const foreign = crossOrigin(caller)
      if (foreign !== undefined) return problem('GW4031', foreign)
      if (local && !knows(caller.host))
        return problem('GW4211', 'The admin API answers to localhost and addresses only.')
      if (scope === 'none') return undefined
      const list = tokens()
      if (local && list.length === 0) return undefined
      return refuseToken(caller, scope, list, guesses)
    },
  }
}

/** Pages of other sites get nothing; only a person may follow a link here. */
const crossOrigin = (caller: Caller): string | undefined => {
  if (caller.origin !== undefined && !/^https?:\/\//.test(caller.origin))
    return 'Requests from other sites are refused.'
  if (
    caller.origin !== undefined &&
    caller.origin.replace(/^https?:\/\//, '').toLowerCase() !== caller.host?.toLowerCase()
  ) {
    return 'Requests from other sites are refused.'
  }
  const site = caller.fetchSite
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined
  const followed = (caller.method === 'GET' || caller.method === 'HEAD') && caller.fetchMode === 'navigate'
  return followed ? undefined : 'Requests from other sites are refused.'
}

const challenge = { 'WWW-Authenticate': 'Bearer realm="gwanmun admin"' }

const refuseToken = (
  caller: Caller,
  scope: Scope,
  list: readonly AdminToken[],
  guesses: GuessLimit,
): Answer | undefined => {
  const sent = /^Bearer +([\x21-\x7e]+)$/i.exec(caller.authorization ?? '')?.[1]
  if (sent === undefined) return problem('GW4011', undefined, {}, challenge)
  const wait = guesses.waitFor(caller.address)
  if (wait > 0) return problem('GW4292', undefined, {}, { 'Retry-After': String(Math.ceil(wait / 1000)) })
  const found = findToken(sent, list)
  if (found === undefined) {
    guesses.wrong(caller.address)
    return problem('GW4011', 'The token is not known.', {}, challenge)
  }
  guesses.right(caller.address)
  if (found.scopes.includes(scope) || found.scopes.includes('admin')) return undefined
  return problem('GW4031', `The token ${found.name} does not have the scope ${scope}.`)
}

/** Compares with every token in constant time, by hash, so that neither length nor place tells anything. */
const findToken = (sent: string, list: readonly AdminToken[]): AdminToken | undefined => {
  const digest = createHash('sha256').update(sent, 'latin1').digest()
  let found: AdminToken | undefined
  for (const token of list) {
    const expected = Buffer.from(token.hash.replace(/^sha256:/, ''), 'hex')
    if (expected.length === digest.length && timingSafeEqual(expected, digest)) found ??= token
  }
  return found
}
