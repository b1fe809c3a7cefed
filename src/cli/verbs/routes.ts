import type { RouteSnapshot, Snapshot } from '../../contract/snapshot.ts'
import { createShield } from '../../lib/shield.ts'
import { exit } from '../exit.ts'
import { clip, columns } from '../table.ts'
import { defineVerb, type Verb } from '../verb.ts'
import { actionOf, methodsOf, placeOf, policiesOf } from '../route-words.ts'

const json = (route: RouteSnapshot): unknown => ({
  name: route.name,
  listeners: route.listeners,
  hosts: route.hosts,
  paths: route.paths,
  methods: route.methods,
  action: route.action.kind,
  ...(route.action.kind === 'service' ? { service: route.action.service } : {}),
  policies: policiesOf(route),
  priority: route.priority,
  ...(route.summary === undefined ? {} : { summary: route.summary }),
  tags: route.tags,
  ...(route.origin === undefined ? {} : { source: placeOf(route.origin) }),
})

const table = (snapshot: Snapshot, width: number): string[] => {
  const severalListeners = snapshot.listeners.length > 1
  const rows = snapshot.routes.map((route) => [
    route.name,
    ...(severalListeners ? [route.listeners.join(' ')] : []),
    methodsOf(route),
    clip(
      `${route.hosts.length === 0 ? '' : `${route.hosts.join(' ')} `}${route.paths.join(' ')}`,
      Math.max(20, Math.floor(width / 2)),
    ),
    `→ ${actionOf(route)}`,
    clip(policiesOf(route).join(' '), 40),
    placeOf(route.origin),
  ])
  const head = ['route', ...(severalListeners ? ['listener'] : []), 'methods', 'path', 'to', 'policies', 'written at']
  return columns([head, ...rows])
}

/** `gwanmun routes`. */
export const routes: Verb = defineVerb({
  name: 'routes',
  summary: 'Prints the routes: what they match, where they lead, which policies hold, where they are written',
  examples: ['gwanmun routes', 'gwanmun routes --json'],
  async run({ global, terminal }) {
    const { demandConfig } = await import('../engine.ts')
    const { snapshot } = await demandConfig(global, terminal)
    const shield = createShield(snapshot.settings.filled)
    if (global.json) terminal.json(shield({ routes: snapshot.routes.map(json) }))
    else {
      const [head = '', ...lines] = shield(table(snapshot, terminal.width))
      terminal.print(terminal.style('dim', head))
      for (const line of lines) terminal.print(line)
    }
    return exit.ok
  },
})
