import type { HostPattern } from '../lib/host-pattern.ts'
import { PathTree } from './path-tree.ts'

/** Trees of paths by host, for the routes of one priority. */
export class HostTable<T> {
  readonly exact: Map<string, PathTree<T>> = new Map()
  /** `{tenant}.suffix` by suffix. */
  readonly labels: Map<string, PathTree<T>> = new Map()
  /** `*.suffix` by suffix. */
  readonly wildcards: Map<string, PathTree<T>> = new Map()
  any: PathTree<T> | undefined

  /** The tree of a host pattern, made when it is new. */
  tree(host: HostPattern | undefined): PathTree<T> {
    if (host === undefined) return (this.any ??= new PathTree())
    const table = host.kind === 'exact' ? this.exact : host.kind === 'label' ? this.labels : this.wildcards
    const key = host.kind === 'exact' ? host.host : host.suffix
    let tree = table.get(key)
    if (tree === undefined) table.set(key, (tree = new PathTree()))
    return tree
  }
}
