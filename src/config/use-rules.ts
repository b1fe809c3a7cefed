import type { ActionSnapshot, PolicyUse } from '../contract/snapshot.ts'
import type { Finding } from './finding.ts'
import type { Layer } from './levels.ts'
import type { Place } from './source.ts'
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

/** One route once its levels are resolved; `own` are its bundles and itself. */
export interface ResolvedRoute {
  readonly unit: Unit
  readonly uses: readonly PolicyUse[]
  readonly action: ActionSnapshot
  readonly own: readonly Layer[]
}

/** What is wrong or idle about the policies of one route. */
export const useFindings = (route: ResolvedRoute): Finding[] => [
  ...contradictions(route),
  ...idleOnAnswers(route),
  ...idlePrefix(route),
  ...longParts(route),
]

const optionsOf = (route: ResolvedRoute, name: string): unknown => route.uses.find((use) => use.name === name)?.options

/** Where the nearest of the route's own layers writes a policy; the route's name if it is inherited. */
const nearestPlace = (route: ResolvedRoute, name: string): Place => {
  const layer = route.own.findLast((one) => one.unit.value !== undefined && Object.hasOwn(one.unit.value, name))
  return layer === undefined ? route.unit.place : placeIn(layer.unit, name)
}

const contradictions = (route: ResolvedRoute): Finding[] => {
  const active = (name: string): boolean => (optionsOf(route, name) ?? false) !== false
  if (!active('stripPrefix') || !active('rewrite')) return []
  return [
    {
      severity: 'error',
      ...nearestPlace(route, 'rewrite'),
      code: 'GW1305',
      message: `route ${JSON.stringify(route.unit.name)} has stripPrefix and rewrite`,
      help: 'Keep one of them; the other can be switched off here with none.',
      path: `routes.${route.unit.name}`,
    },
  ]
}

const idle = (route: ResolvedRoute, name: string, message: string, help: string): Finding => ({
  severity: 'warning',
  ...placeIn(route.unit, name),
  code: 'GW2002',
  message,
  help,
  path: `routes.${route.unit.name}.${name}`,
})

/** Whether a policy does nothing on a route because of what answers it. */
export const isIdle = (name: string, { kind }: ActionSnapshot): boolean =>
  (kind === 'respond' || kind === 'redirect') && serviceOnly.has(name)

const idleOnAnswers = (route: ResolvedRoute): Finding[] => {
  const { kind } = route.action
  const written = [...serviceOnly].filter((name) => isIdle(name, route.action) && route.unit.at.has(name))
  return written.map((name) =>
    idle(route, name, `${name} does nothing on a route that answers with ${kind}`, 'Remove it.'),
  )
}

/** A prefix that is written out and that no path of the route can begin with. */
const idlePrefix = (route: ResolvedRoute): Finding[] => {
  const prefix = optionsOf(route, 'stripPrefix')
  const paths = (route.unit.value?.['path'] ?? []) as readonly string[]
  if (typeof prefix !== 'string' || !route.unit.at.has('stripPrefix') || paths.length === 0) return []
  const bare = prefix.replace(/\/$/, '')
  const fits = (path: string): boolean => {
    const literal = path.replace(/[{*].*$/, '')
    return path.startsWith('~') || bare.startsWith(literal) || `${literal}/`.startsWith(`${bare}/`)
  }
  if (paths.some(fits)) return []
  const message = `no path of route ${JSON.stringify(route.unit.name)} begins with ${prefix}`
  return [
    idle(
      route,
      'stripPrefix',
      message,
      `Its paths are ${paths.join(', ')}; true drops what stands before the first parameter.`,
    ),
  ]
}

/** Parts of the time limits that are longer than the whole; the built-in ones are nobody's mistake. */
const longParts = (route: ResolvedRoute): Finding[] => {
  const timeout = optionsOf(route, 'timeout') as Readonly<Record<string, unknown>> | undefined
  const total = timeout?.['total']
  if (typeof total !== 'number') return []
  return (['connect', 'attempt'] as const).flatMap((key): Finding[] => {
    const part = timeout?.[key]
    const builtIn = key === 'connect' && part === 5000
    if (typeof part !== 'number' || part <= total || builtIn) return []
    return [
      {
        severity: 'warning',
        ...nearestPlace(route, 'timeout'),
        code: 'GW2003',
        message: `timeout.${key} is longer than timeout.total`,
        help: 'Shorten the part or lengthen the whole.',
        path: `routes.${route.unit.name}.timeout`,
      },
    ]
  })
}
