import type { Origin } from '../contract/diagnostic.ts'
import type { ResolvedConfig } from './resolve-config.ts'
import type { Place, Sources } from './source.ts'
import type { Tree } from './tree.ts'

/** One target of a service: what it is, how it was written, and where. */
export interface WrittenTarget {
  readonly service: string
  /** What the gateway connects to; may hold values of the environment. */
  readonly url: string
  /** The same for people: values of the environment as they were written, without credentials. */
  readonly shown: string
  /** Path of configuration keys. */
  readonly path: string
  readonly origin: Origin
  /** Lines of source around it. */
  readonly source: { readonly line: number; readonly text: readonly string[] } | undefined
}

const under = (tree: Tree | undefined, key: string): Tree | undefined =>
  tree?.kind === 'map' ? tree.entries.find((entry) => entry.key === key)?.value : undefined

/** Every target of a configuration without errors, services in their order; none when there are errors. */
export const writtenTargets = ({ tree, snapshot, sources }: ResolvedConfig): WrittenTarget[] => {
  const services = under(tree, 'services')
  return (snapshot?.services ?? []).flatMap(({ name, targets, origin }) => {
    const list = under(under(services, name), 'targets')
    const items = list?.kind === 'list' && list.items.length === targets.length ? list.items : []
    return targets.map(({ url }, index) => {
      const item = items[index]
      const place = [under(item, 'url'), item, list].find((one) => one !== undefined && one.start >= 0)
      return {
        service: name,
        url,
        shown: sources.shield(url).replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1'),
        path: `services.${name}.targets[${index}]`,
        ...placed(sources, place, origin),
      }
    })
  })
}

const placed = (
  sources: Sources,
  place: Place | undefined,
  service: Origin | undefined,
): Pick<WrittenTarget, 'origin' | 'source'> =>
  place === undefined
    ? { origin: service ?? { file: sources.list[0]?.shown ?? '', line: 0, column: 0 }, source: undefined }
    : { origin: sources.origin(place), source: sources.excerpt(place, 1) }
