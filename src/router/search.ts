import type { MatchInput } from '../contract/plan.ts'
import { decodeRest, decodeSegment } from '../lib/segment.ts'
import { compareSpecificity } from '../lib/specificity.ts'
import { Params } from './candidate.ts'
import type { Candidate } from './candidate.ts'
import type { HostTable } from './host-table.ts'
import type { ExpressionChild, PathNode, PathTree } from './path-tree.ts'
import type { RegexIndex } from './regex-index.ts'

/**
 * One walk over the tables. Reused for every request, because a match is synchronous: it holds the request while it
 * is looked at, and where in the path each segment lies, which is the same on every branch of the tree.
 */
export class Search<T> {
  /** Some route of this host and path, as far as was looked, has other methods. */
  missed = false
  private readonly levels: readonly HostTable<T>[]
  private readonly starts: Int32Array
  private readonly ends: Int32Array
  private input!: MatchInput
  private path = ''
  private method = ''
  private gathered: Set<string> | undefined

  constructor(levels: readonly HostTable<T>[], deepest: number) {
    this.levels = levels
    this.starts = new Int32Array(deepest + 1)
    this.ends = new Int32Array(deepest + 1)
  }

  /** Takes the request in; `path` is its canonical path without parameters. */
  begin(input: MatchInput, path: string): void {
    this.input = input
    this.path = path
    this.missed = false
  }

  /** The most specific candidate for the method. */
  find(method: string): Candidate<T> | undefined {
    this.method = method
    const levels = this.levels
    for (let i = 0; i < levels.length; i++) {
      const found = this.inLevel(levels[i] as HostTable<T>)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Methods of all routes that miss nothing else, sorted. */
  allowed(method: string): readonly string[] {
    const gathered = new Set<string>()
    this.gathered = gathered
    this.find(method)
    this.gathered = undefined
    return [...gathered].sort()
  }

  private inLevel(table: HostTable<T>): Candidate<T> | undefined {
    const host = this.input.host
    if (table.exact.size > 0) {
      const found = this.inTree(table.exact.get(host))
      if (found !== undefined) return found
    }
    if (table.labels.size > 0 || table.wildcards.size > 0) {
      const found = this.byLabels(table, host)
      if (found !== undefined) return found
    }
    return this.inTree(table.any)
  }

  private byLabels(table: HostTable<T>, host: string): Candidate<T> | undefined {
    let dot = host.indexOf('.')
    if (dot <= 0) return undefined
    let found = this.inTree(table.labels.get(host.slice(dot + 1)))
    for (; dot > 0 && found === undefined; dot = host.indexOf('.', dot + 1))
      found = this.inTree(table.wildcards.get(host.slice(dot + 1)))
    return found
  }

  private inTree(tree: PathTree<T> | undefined): Candidate<T> | undefined {
    if (tree === undefined) return undefined
    const exact = tree.exact.get(this.path)
    if (exact !== undefined) {
      const found = this.first(exact)
      if (found !== undefined) return found
    }
    if (tree.regexes !== undefined) {
      const found = this.byRegex(tree.regexes)
      if (found !== undefined) return found
    }
    return tree.root === undefined ? undefined : this.walk(tree.root, 1, 0)
  }

  private byRegex(index: RegexIndex<T>): Candidate<T> | undefined {
    const end = this.path.indexOf('/', 1)
    const own = end < 0 ? undefined : index.bySegment.get(this.path.slice(1, end))
    const others = index.others
    if (own === undefined) return this.firstRegex(others)
    // Both lists are in rank order; they are read as one.
    for (let i = 0, j = 0; i < own.length || j < others.length;) {
      const a = own[i]
      const b = others[j]
      const candidate = (b === undefined || (a !== undefined && compareSpecificity(a, b) <= 0) ? a : b) as Candidate<T>
      if (candidate === a) i++
      else j++
      if (this.takesRegex(candidate)) return candidate
    }
    return undefined
  }

  private firstRegex(list: readonly Candidate<T>[]): Candidate<T> | undefined {
    for (let i = 0; i < list.length; i++) if (this.takesRegex(list[i] as Candidate<T>)) return list[i]
    return undefined
  }

  private takesRegex(candidate: Candidate<T>): boolean {
    const regex = candidate.regex as RegExp
    // Methods may be gathered only from routes that take the path; otherwise the cheaper question goes first.
    if (this.gathered !== undefined) return regex.test(this.path) && this.takes(candidate)
    return this.takes(candidate) && regex.test(this.path)
  }

  /** `from` is where the segment begins, -1 when the path has ended. */
  private walk(node: PathNode<T>, from: number, depth: number): Candidate<T> | undefined {
    const path = this.path
    if (from < 0) {
      const found = this.first(node.end)
      if (found !== undefined || node.rest === undefined) return found
      this.starts[depth] = path.length
      return this.first(node.rest)
    }
    this.starts[depth] = from
    const literals = node.literals
    const expressions = node.expressions
    const parameter = node.parameter
    if (literals !== undefined || expressions !== undefined || parameter !== undefined) {
      const slash = path.indexOf('/', from)
      const end = slash < 0 ? path.length : slash
      const next = slash < 0 ? -1 : slash + 1
      this.ends[depth] = end
      if (literals !== undefined) {
        const child = literals.get(path.slice(from, end))
        const found = child === undefined ? undefined : this.walk(child, next, depth + 1)
        if (found !== undefined) return found
      }
      if (end > from) {
        if (expressions !== undefined) {
          const found = this.byExpression(expressions, from, end, next, depth)
          if (found !== undefined) return found
        }
        if (parameter !== undefined) {
          const found = this.walk(parameter, next, depth + 1)
          if (found !== undefined) return found
        }
      }
    }
    return this.first(node.rest)
  }

  /** Expressions of one segment have one rank: what follows decides between all that take it. */
  private byExpression(
    list: readonly ExpressionChild<T>[],
    from: number,
    end: number,
    next: number,
    depth: number,
  ): Candidate<T> | undefined {
    const path = this.path
    let best: Candidate<T> | undefined
    for (let i = 0; i < list.length; i++) {
      const { before, after, regex, node } = list[i] as ExpressionChild<T>
      const start = from + before.length
      const stop = end - after.length
      if (stop <= start || !path.startsWith(before, from) || !path.startsWith(after, stop)) continue
      if (regex !== undefined && !regex.test(decodeSegment(path.slice(start, stop)))) continue
      const found = this.walk(node, next, depth + 1)
      if (found !== undefined && (best === undefined || compareSpecificity(found, best) < 0)) best = found
    }
    return best
  }

  private first(list: readonly Candidate<T>[] | undefined): Candidate<T> | undefined {
    if (list === undefined) return undefined
    for (let i = 0; i < list.length; i++) {
      const candidate = list[i] as Candidate<T>
      if (this.takes(candidate)) return candidate
    }
    return undefined
  }

  private takes(candidate: Candidate<T>): boolean {
    const methods = candidate.methods
    if (methods !== undefined && !methods.has(this.method)) {
      this.missed = true
      if (this.gathered !== undefined && this.holds(candidate)) for (const method of methods) this.gathered.add(method)
      return false
    }
    return this.holds(candidate)
  }

  private holds(candidate: Candidate<T>): boolean {
    const tests = candidate.tests
    for (let i = 0; i < tests.length; i++)
      if (!(tests[i] as { holds(input: MatchInput): boolean }).holds(this.input)) return false
    return true
  }

  /** What the candidate that was found captured; values are decoded, a rest and groups keep `%2F` (lib/segment.ts). */
  params(candidate: Candidate<T>): Record<string, string> {
    const params = new Params()
    const path = this.path
    const { captures, hostName, regex, restAt } = candidate
    if (hostName !== undefined) params[hostName] = this.input.host.slice(0, this.input.host.indexOf('.'))
    for (let i = 0; i < captures.length; i++) {
      const { name, segment, before, after } = captures[i] as (typeof captures)[number]
      params[name] = decodeSegment(
        path.slice((this.starts[segment] as number) + before, (this.ends[segment] as number) - after),
      )
    }
    if (restAt >= 0) params['*'] = decodeRest(path.slice(this.starts[restAt]))
    const groups = regex?.exec(path)?.groups
    if (groups !== undefined)
      for (const name in groups) if (groups[name] !== undefined) params[name] = decodeRest(groups[name])
    return params
  }
}
