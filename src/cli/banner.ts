import type { RouteSnapshot, Snapshot } from '../contract/snapshot.ts'
import { actionOf, methodsOf, policiesOf } from './route-words.ts'
import { clip, columns } from './table.ts'
import type { ServiceState } from './service-state.ts'
import type { Terminal } from './terminal.ts'

/** What a banner says. */
export interface BannerFacts {
  readonly version: string
  /** ms from the start of the process to ready. */
  readonly took: number
  readonly gateways: readonly string[]
  readonly admin: string | undefined
  readonly config: string
  readonly watching: boolean
  readonly snapshot: Snapshot
  readonly states: ReadonlyMap<string, ServiceState>
  /** Command lines to try, most useful first. */
  readonly tries: readonly string[]
  /** Keys of the terminal, when it takes any. */
  readonly keys: string | undefined
}

const maxRoutes = 20

const stateWords = (state: ServiceState | undefined, terminal: Terminal): string => {
  if (state === undefined) return ''
  const dots = [
    ...Array.from({ length: Math.min(state.up, 8) }, () => terminal.mark('green', '●')),
    ...Array.from({ length: Math.min(state.down.length, 8) }, () => terminal.mark('red', '○')),
  ].join(' ')
  const [first] = state.down
  if (first === undefined) return `${dots} ${state.up} up`
  return `${dots} ${state.up > 0 ? `${state.up} up, ` : ''}${first.reason} ${first.target}`
}

const routeRow = (route: RouteSnapshot, facts: BannerFacts, terminal: Terminal): string[] => [
  terminal.mark('bold', route.name),
  methodsOf(route),
  clip(`${route.hosts.join(' ')}${route.paths.join(' ')}`, 40),
  `→ ${clip(actionOf(route), 30)}`,
  route.action.kind === 'service' ? stateWords(facts.states.get(route.action.service), terminal) : '',
  terminal.mark('dim', clip(policiesOf(route).join(' · '), 30)),
]

/** The start-up banner: where things are, one line a route, what to try. Nothing is printed before it. */
export const bannerLines = (facts: BannerFacts, terminal: Terminal): string[] => {
  const place = (name: string, value: string): string => `  ${terminal.mark('green', '➜')} ${name.padEnd(10)} ${value}`
  const shown = facts.snapshot.routes.slice(0, maxRoutes)
  const left = facts.snapshot.routes.length - shown.length
  const [firstTry, ...otherTries] = facts.tries
  return [
    '',
    `  ${terminal.mark('bold', 'gwanmun')} ${facts.version}  ready in ${facts.took.toFixed(0)} ms`,
    '',
    ...facts.gateways.map((url) => place('Gateway', terminal.mark('cyan', url))),
    ...(facts.admin === undefined ? [] : [place('Admin', terminal.mark('cyan', facts.admin))]),
    place('Config', `${facts.config}${facts.watching ? '  (watching)' : ''}`),
    '',
    ...columns(
      shown.map((route) => routeRow(route, facts, terminal)),
      2,
    ),
    ...(left > 0 ? [`  … ${left} more: gwanmun routes`] : []),
    ...(shown.length > 0 ? [''] : []),
    ...(firstTry === undefined ? [] : [`  Try   ${firstTry}`, ...otherTries.map((one) => `        ${one}`)]),
    ...(facts.keys === undefined ? [] : [`  Keys  ${facts.keys}`]),
    ...(firstTry === undefined && facts.keys === undefined ? [] : ['']),
  ]
}
