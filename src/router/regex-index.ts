import { parseRegex } from '../lib/regex-syntax.ts'
import { literalPrefix } from '../lib/regex-prefix.ts'
import { insertCandidate } from './candidate.ts'
import type { Candidate } from './candidate.ts'

/**
 * Expression routes of one host, in the order of their rank. Those that begin with a whole literal segment are found
 * by it, so that many of them cost no more than few.
 */
export class RegexIndex<T> {
  /** By first segment, without slashes; each list in rank order. */
  readonly bySegment: Map<string, Candidate<T>[]> = new Map()
  /** Those whose first segment is not known. */
  readonly others: Candidate<T>[] = []

  add(source: string, candidate: Candidate<T>): void {
    const node = parseRegex(source)
    const segment = 'kind' in node ? /^\/([^/]*)\//.exec(literalPrefix(node)) : null
    if (segment === null) return insertCandidate(this.others, candidate)
    const key = segment[1] as string
    let list = this.bySegment.get(key)
    if (list === undefined) this.bySegment.set(key, (list = []))
    insertCandidate(list, candidate)
  }
}
