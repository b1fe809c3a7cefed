import { rename, writeFile } from 'node:fs/promises'
import type { Config, GatewayProcess } from './gateway.ts'
import { get } from './message.ts'
import { freePort } from './ports.ts'
import { baseConfig, Rig } from './rig.ts'

/** A gateway in its own process, with its file, and a target behind it. */
export type ProcessRig = Rig & { readonly gateway: GatewayProcess }

const quick: Config = { drain: { delay: '300ms', timeout: '5s' }, workers: 2 }

/** Runs with a gateway of two workers that drains quickly, and ends it. */
export const withProcess = async (over: Config, run: (rig: ProcessRig) => Promise<void>): Promise<void> => {
  const rig = await Rig.startProcess({ ...quick, ...over })
  try {
    await run(rig)
  } finally {
    await rig.close()
  }
}

/** Replaces the file of a running gateway at once: by text as it is, or by sections of a config. */
export const replaceFile = async (rig: ProcessRig, over: Config | string): Promise<void> => {
  const text = typeof over === 'string' ? over : JSON.stringify(baseConfig(rig.target.url, { ...quick, ...over }))
  await writeFile(`${rig.gateway.file}.new`, text)
  await rename(`${rig.gateway.file}.new`, rig.gateway.file)
}

/** Listeners on a port that stays the same over reloads. */
export const fixedListeners = async (): Promise<Config> => ({ main: { port: await freePort(), host: '127.0.0.1' } })
/** The listeners of a running gateway, to be written into its next file. */
export const sameListeners = (rig: Rig): Config => ({ main: { port: rig.port, host: '127.0.0.1' } })

/** One route that says in its answers which file it is from. */
export const marked = (version: string): Config => ({
  routes: {
    all: { path: '/*', service: 'target', headers: { response: { set: { 'X-Version': version } } } },
  },
})
export const versionOf = async (rig: Rig): Promise<string | undefined> => (await rig.ask(get())).header('x-version')

/** Reloads by SIGHUP and waits until the answers are from the new file. */
export const reloadUntil = async (rig: ProcessRig, version: string, timeout = 10_000): Promise<void> => {
  rig.gateway.signal('SIGHUP')
  const deadline = performance.now() + timeout
  while ((await versionOf(rig)) !== version)
    if (performance.now() > deadline) throw new Error(`version ${version} is never live: ${rig.gateway.stderr}`)
}
