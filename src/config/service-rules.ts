import { report, type Scope } from './scope.ts'
import { valuePlaceIn, type Unit } from './unit.ts'

/** What a service must be beyond its types. */
export const checkService = (scope: Scope, unit: Unit, path: string): void => {
  const targets = unit.value?.['targets'] as readonly { readonly url: string }[] | undefined
  const seen = new Set<string>()
  for (const target of targets ?? []) {
    if (seen.has(target.url)) {
      report(
        scope,
        valuePlaceIn(unit, 'targets'),
        'GW1305',
        `the target ${target.url} stands twice`,
        'Give one of them a weight instead.',
        `${path}.targets`,
      )
    }
    seen.add(target.url)
  }
}
