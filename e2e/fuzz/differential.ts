import { readWithNode } from './node-parser.ts'
import type { ReadMessage } from './node-parser.ts'
import { generateRequests, generateResponses } from './message-generator.ts'
import { readOwn } from './own-parser.ts'
import type { OwnMessage } from './own-parser.ts'
import { Random } from './random.ts'

/** What a run saw, so that a test can tell that it tried something. */
export interface Tally {
  inputs: number
  accepted: number
  refused: number
  chunked: number
  withLength: number
  pipelined: number
}

/** Fields that are framing, or belong to the connection: the codec reads them and gives them to nobody. */
const own = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
  'keep-alive',
  'proxy-connection',
  'http2-settings',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy',
])

const plainFields = (fields: readonly string[], kind: 'request' | 'response'): string[] => {
  const named = new Set<string>()
  const kept: string[] = []
  for (let i = 0; i < fields.length; i += 2)
    if (fields[i] === 'connection')
      for (const option of (fields[i + 1] as string).split(',')) named.add(option.trim().toLowerCase())
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    if (
      kind === 'response'
        ? [
            'connection',
            'content-length',
            'transfer-encoding',
            'te',
            'upgrade',
            'keep-alive',
            'proxy-connection',
            'http2-settings',
          ].includes(name)
        : own.has(name)
    )
      continue
    if (named.has(name) && name !== 'close' && name !== 'keep-alive') continue
    kept.push(name, (fields[i + 1] as string).replace(/[ \t]+$/, ''))
  }
  return kept
}

const compare = (ours: OwnMessage, theirs: ReadMessage, kind: 'request' | 'response'): string | undefined => {
  if (kind === 'request') {
    if (ours.method !== theirs.method) return `method ${ours.method} / ${theirs.method}`
    const target =
      theirs.target.startsWith('/') || theirs.target === '*'
        ? theirs.target
        : theirs.target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/')
    if (ours.target !== target && `${ours.target}?` !== target) return `target ${ours.target} / ${theirs.target}`
  } else if (ours.status === 101) {
    // What a 101 must say is checked against its request, elsewhere.
    return theirs.status === 101 ? undefined : `status 101 / ${theirs.status}`
  } else if (ours.status !== theirs.status) return `status ${ours.status} / ${theirs.status}`
  const fields = plainFields(theirs.fields, kind)
  if (JSON.stringify(ours.fields) !== JSON.stringify(fields))
    return `fields ${JSON.stringify(ours.fields)} / ${JSON.stringify(fields)}`
  if (ours.upgrade) return theirs.upgrade ? undefined : 'upgrade'
  if (ours.body !== theirs.body) return `body ${JSON.stringify(ours.body)} / ${JSON.stringify(theirs.body)}`
  if (ours.complete && !theirs.complete && ours.framing !== 'close') return 'complete here only'
  for (let i = 0; i < ours.trailers.length; i += 2)
    if (
      !theirs.trailers.some((name, j) => name === ours.trailers[i] && theirs.trailers[j + 1] === ours.trailers[i + 1])
    )
      return `trailer ${ours.trailers[i]}`
  return undefined
}

/** Why the two parsers disagree on what ours accepts; undefined when they agree. */
export const disagreement = (
  bytes: Buffer,
  kind: 'request' | 'response',
  random: Random,
  tally: Tally,
): string | undefined => {
  tally.inputs++
  const { messages, refused } = readOwn(bytes, kind)
  const whole = messages.filter((message) => message.complete)
  if (refused) tally.refused++
  if (whole.length > 0) tally.accepted++
  if (whole.length > 1) tally.pipelined++
  for (const { framing } of whole)
    if (framing === 'chunked') tally.chunked++
    else if (framing === 'length') tally.withLength++
  // Cut into pieces at any place, a body reads the same.
  const cuts = Array.from({ length: random.below(6) }, () => random.below(bytes.length + 1)).sort((a, b) => a - b)
  const pieces = readOwn(bytes, kind, cuts)
  if (JSON.stringify(pieces) !== JSON.stringify({ messages, refused }))
    return `cut at ${cuts.join()} it reads differently: ${JSON.stringify(pieces)} / ${JSON.stringify({ messages, refused })}`
  if (whole.length === 0) return undefined
  const theirs = readWithNode(bytes, kind)
  for (const [i, message] of whole.entries()) {
    const other = theirs.messages[i]
    if (other === undefined) return `message ${i + 1} accepted here only (${theirs.error ?? 'no error'})`
    const difference = compare(message, other, kind)
    if (difference !== undefined) return `message ${i + 1}: ${difference} (${theirs.error ?? 'no error'})`
    // After an upgrade the rest is for the other protocol.
    if (message.upgrade || other.upgrade) return undefined
  }
  return undefined
}

/** Runs `count` inputs from a seed; throws with the seed and the bytes of the first disagreement. */
export const fuzzDifferential = (kind: 'request' | 'response', count: number, seed: number): Tally => {
  const tally: Tally = { inputs: 0, accepted: 0, refused: 0, chunked: 0, withLength: 0, pipelined: 0 }
  for (let i = 0; i < count; i++) {
    // Each input has its own seed, so that one number runs it again.
    const random = new Random(seed + i)
    const bytes = kind === 'request' ? generateRequests(random) : generateResponses(random)
    const why = disagreement(bytes, kind, random, tally)
    if (why !== undefined)
      throw new Error(`seed ${seed + i} (${kind}): ${why}\n${JSON.stringify(bytes.toString('latin1'))}`)
  }
  return tally
}
