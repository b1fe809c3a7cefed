import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { GatewayInfo } from '../contract/admin.ts'
import type { AdminClient } from './admin-client.ts'
import { exit, Stop } from './exit.ts'
import type { GlobalFlags } from './global-flags.ts'
import type { Terminal } from './terminal.ts'

const real = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/**
 * The configuration of this folder, or of `--config`, when the gateway that answers runs another one; `running` is the
 * file that it runs. Undefined when there is none here, and when `--admin` says which gateway is meant.
 */
export const otherFile = async (running: string | undefined, global: GlobalFlags): Promise<string | undefined> => {
  if (global.admin !== undefined) return undefined
  const { ownFiles } = await import('./engine.ts')
  const own = await ownFiles(global)
  const same = running !== undefined && own.some((file) => real(file) === real(running))
  return same ? undefined : own[0]
}

/** What the running gateway says of itself; ends the verb with exit code 5 when what answers is no gateway. */
export const gatewayInfo = async (client: AdminClient): Promise<GatewayInfo> => {
  const info = (await client.demand('GET', '/v1/info')).body as Partial<GatewayInfo> | undefined
  if (typeof info?.config !== 'object')
    throw new Stop(exit.admin, `what answers at ${client.url} is no admin API of gwanmun`, 'Name it with --admin URL.')
  return info as GatewayInfo
}

/** Says on stderr when the gateway that answers is not that of this folder; `instead` is what else could be asked. */
export const warnOfOther = async (
  { config }: GatewayInfo,
  global: GlobalFlags,
  terminal: Terminal,
  instead: (own: string) => string = () => '',
): Promise<void> => {
  const own = await otherFile(config.file, global)
  if (own === undefined) return
  const mark = terminal.mark('yellow', '▲')
  terminal.say(
    `${mark} The gateway that answers does not run ${own} of this folder: ${instead(own)}--admin URL asks another gateway.`,
  )
}

/** For verbs that change something: ends with exit code 5 when the gateway that answers is not that of this folder. */
export const demandOwn = async (url: string, { config }: GatewayInfo, global: GlobalFlags): Promise<void> => {
  const own = await otherFile(config.file, global)
  if (own === undefined) return
  throw new Stop(
    exit.admin,
    `no gateway of ${own} answers: the one at ${url} runs ${config.file ?? config.hash}, and was left alone`,
    `Say which one you mean: gwanmun reload --admin ${url}`,
  )
}
