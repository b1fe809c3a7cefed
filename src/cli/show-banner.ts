import type { Snapshot } from '../contract/snapshot.ts'
import { bannerLines } from './banner.ts'
import type { MainEvent } from './event-words.ts'
import { keyWords } from './keys.ts'
import type { LaunchOptions } from './launch.ts'
import { adminUrl, urlOf } from './listen-urls.ts'
import { openInBrowser } from './open-browser.ts'
import { probeServices } from './service-state.ts'
import type { Terminal } from './terminal.ts'
import { packageVersion } from '../version.ts'

/** A path that a GET to some route takes, to put into a curl line. */
const pathToTry = (snapshot: Snapshot): string | undefined => {
  const able = snapshot.routes.filter(
    (route) =>
      (route.methods.length === 0 || route.methods.includes('GET')) &&
      route.hosts.length === 0 &&
      route.conditions.length === 0,
  )
  const route = able.find((one) => one.action.kind === 'service') ?? able[0]
  const path = route?.paths.find((one) => one.startsWith('/'))
  return path?.replace(/\{[^}]*\}/g, '1').replace(/\/\*$/, '/')
}

/** Prints the banner on stderr: talk, so that stdout has the request lines alone. */
export const showBanner = async (
  event: Extract<MainEvent, { kind: 'ready' }>,
  options: LaunchOptions,
  keys: boolean,
  terminal: Terminal,
): Promise<void> => {
  const took = performance.now()
  const { readConfig } = await import('./engine.ts')
  const { snapshot, file } = await readConfig({ ...options.global, config: options.file })
  if (snapshot === undefined) return
  const states = await probeServices(snapshot.services)
  const gateways = event.listeners.map(urlOf)
  const first = event.listeners.find((one) => one.socket === undefined)
  const admin = adminUrl(event.admin)
  const lines = bannerLines(
    {
      version: packageVersion(),
      took,
      gateways,
      admin,
      config: options.shown ?? file,
      watching: options.watch,
      snapshot,
      states,
      tries: first === undefined ? [] : options.tries(urlOf(first).replace('http://', ''), pathToTry(snapshot)),
      keys: keys ? keyWords : undefined,
    },
    terminal,
  )
  for (const line of lines) terminal.say(line)
  if (options.open === true && admin !== undefined) openInBrowser(admin)
}
