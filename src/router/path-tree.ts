import type { PathPattern, SegmentPattern } from '../lib/pattern.ts'
import { linearRegex } from '../lib/linear-regex.ts'
import { insertCandidate } from './candidate.ts'
import type { Candidate } from './candidate.ts'
import { RegexIndex } from './regex-index.ts'

/** A place in the tree: what may come next, and who ends here. */
export class PathNode<T> {
  literals: Map<string, PathNode<T>> | undefined
  expressions: ExpressionChild<T>[] | undefined
  parameter: PathNode<T> | undefined
  /** Routes whose path ends here. */
  end: Candidate<T>[] | undefined
  /** Routes that take all that comes. */
  rest: Candidate<T>[] | undefined
}

/** A segment with an expression or with text around its parameter. */
export interface ExpressionChild<T> {
  readonly key: string
  readonly before: string
  readonly after: string
  readonly regex: RegExp | undefined
  readonly node: PathNode<T>
}

/** All paths of one host: exact ones in a table, expressions, and a tree of segments. */
export class PathTree<T> {
  readonly exact: Map<string, Candidate<T>[]> = new Map()
  regexes: RegexIndex<T> | undefined
  root: PathNode<T> | undefined

  add(pattern: PathPattern, candidate: Candidate<T>): void {
    if (pattern.kind === 'exact') {
      const list = this.exact.get(pattern.path)
      if (list === undefined) this.exact.set(pattern.path, [candidate])
      else insertCandidate(list, candidate)
    } else if (pattern.kind === 'regex') {
      this.regexes ??= new RegexIndex()
      this.regexes.add(pattern.source, candidate)
    } else {
      this.root ??= new PathNode()
      let node = this.root
      for (const segment of pattern.segments) node = child(node, segment)
      if (pattern.rest) insertCandidate((node.rest ??= []), candidate)
      else insertCandidate((node.end ??= []), candidate)
    }
  }
}

const child = <T>(node: PathNode<T>, segment: SegmentPattern): PathNode<T> => {
  if (segment.kind === 'parameter') return (node.parameter ??= new PathNode())
  if (segment.kind === 'literal') {
    node.literals ??= new Map()
    let next = node.literals.get(segment.text)
    if (next === undefined) node.literals.set(segment.text, (next = new PathNode()))
    return next
  }
  const { before, after, expression } = segment
  const key = `${before}\0${after}\0${expression ?? ''}`
  node.expressions ??= []
  const known = node.expressions.find((other) => other.key === key)
  if (known !== undefined) return known.node
  const made: ExpressionChild<T> = {
    key,
    before,
    after,
    regex: expression === undefined ? undefined : compiled(expression),
    node: new PathNode(),
  }
  node.expressions.push(made)
  return made.node
}

/** An expression that was checked before. */
export const compiled = (source: string): RegExp => {
  const regex = linearRegex(source)
  if (!(regex instanceof RegExp)) throw new RangeError(`"${source}": ${regex.reason}`)
  return regex
}
