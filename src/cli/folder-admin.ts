import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { GlobalFlags } from './global-flags.ts'
import { shown } from '../lib/shown.ts'
import type { Terminal } from './terminal.ts'

/** A host that a listener binds, as a client reaches it. */
const reachable = (host: string): string => {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

/** Whether a listener of this machine can have the address; a token goes nowhere else because of a file. */
const isOwn = (host: string): boolean =>
  host === 'localhost' ||
  host.startsWith('127.') ||
  ['', '0.0.0.0', '::', '::1'].includes(host) ||
  (isIP(host) > 0 &&
    Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host)))

/**
 * URL of the admin API as `--admin` says it, else as the configuration of the folder (or of `--config`) says it.
 * Undefined, which means the default, when there is no configuration, when it names no fixed port, and, with a word on
 * stderr, when it cannot be read, switches the admin API off, or names an address of another machine.
 */
export const folderAdmin = async (global: GlobalFlags, terminal: Terminal): Promise<string | undefined> => {
  if (global.admin !== undefined) return global.admin
  const { configuredAdmin } = await import('./engine.ts')
  const found = await configuredAdmin(global)
  if (found === undefined) return undefined
  if ('trouble' in found) {
    terminal.say(`${terminal.mark('yellow', '▲')} ${found.trouble}; asking the default address of the admin API.`)
    return undefined
  }
  if (!isOwn(found.host)) {
    terminal.say(
      `${terminal.mark('yellow', '▲')} ${shown(found.host)} is no address of this machine; asking the default address of the admin API. --admin names another.`,
    )
    return undefined
  }
  return found.port === 0 ? undefined : `http://${reachable(found.host)}:${found.port}`
}
