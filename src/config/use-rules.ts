import type { ActionSnapshot, PolicyUse } from '../contract/snapshot.ts'
import type { Finding } from './finding.ts'
import type { Layer } from './levels.ts'
import type { Sources } from './source.ts'
import { placeIn, type Unit } from './unit.ts'

/** Policies that concern what a service is sent or answers. */
const serviceOnly: ReadonlySet<string> = new Set([
  'stripPrefix',
  'rewrite',
  'query',
  'forward',
  'hostHeader',
  'websocket',
  'cookies',
  'rewriteLocation',
  'retry',
])

/** What is wrong or idle about the policies of one route once its levels are resolved. */
export const useFindings = (
  unit: Unit,
  uses: readonly PolicyUse[],
  action: ActionSnapshot,
  own: readonly Layer[],
  _sources: Sources,
): Finding[] => {
  const findings: Finding[] = []
  const active = (name: string): boolean => uses.some((use) => use.name === name && use.options !== false)
  const place = (name: string): Finding['source'] extends number ? ReturnType<typeof placeIn> : never => {
    const layer = own.findLast((one) => one.unit.value !== undefined && Object.hasOwn(one.unit.value, name))
    return placeIn(layer?.unit ?? unit, layer === undefined ? '' : name)
  }
  if (active('stripPrefix') && active('rewrite')) {
    findings.push({
      severity: 'error',
      ...place('rewrite'),
      code: 'GW1305',
      message: `route ${JSON.stringify(unit.name)} has stripPrefix and rewrite`,
      help: 'Keep one of them; the other can be switched off here with none.',
      path: `routes.${unit.name}`,
    })
  }
  if (action.kind === 'respond' || action.kind === 'redirect') {
    for (const name of serviceOnly) {
      if (!unit.at.has(name)) continue
      findings.push({
        severity: 'warning',
        ...placeIn(unit, name),
        code: 'GW2002',
        message: `${name} does nothing on a route that answers with ${action.kind}`,
        help: 'Remove it.',
        path: `routes.${unit.name}.${name}`,
      })
    }
  }
  const timeout = uses.find((use) => use.name === 'timeout')?.options as Readonly<Record<string, unknown>> | undefined
  const total = timeout?.['total']
  for (const key of ['connect', 'attempt'] as const) {
    const part = timeout?.[key]
    if (
      typeof total !== 'number' ||
      typeof part !== 'number' ||
      part <= total ||
      (key === 'connect' && !own.some((layer) => layer.unit.at.has('timeout')))
    )
      continue
    if (key === 'connect' && part === 5000) continue
    findings.push({
      severity: 'warning',
      ...place('timeout'),
      code: 'GW2003',
      message: `timeout.${key} is longer than timeout.total`,
      help: 'Shorten the part or lengthen the whole.',
      path: `routes.${unit.name}.timeout`,
    })
  }
  return findings
}
