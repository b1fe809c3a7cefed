import { connect } from 'node:net'
import { targetAddress } from './target-address.ts'

/** How the targets of a service look from here at this moment. */
export interface ServiceState {
  readonly up: number
  readonly down: readonly { readonly target: string; readonly reason: string }[]
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'no such name',
  ENOENT: 'no such socket',
}

const probe = (url: string, patience: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(targetAddress(url))
    const end = (reason: string | undefined): void => {
      socket.destroy()
      resolve(reason)
    }
    socket.setTimeout(patience, () => end('no answer from'))
    socket.once('connect', () => end(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => end(reasons[error.code ?? ''] ?? error.code ?? 'failed'))
  })

/** A service with the addresses of its targets. */
interface Probed {
  readonly name: string
  readonly targets: readonly { readonly url: string }[]
}

/**
 * Opens and closes a connection to every target, for people only: the commonest first failure is a service that does not
 * run. Waits `patience` ms for each.
 */
export const probeServices = async (
  services: readonly Probed[],
  patience = 300,
): Promise<Map<string, ServiceState>> => {
  const states = await Promise.all(
    services.map(async (service): Promise<[string, ServiceState]> => {
      const results = await Promise.all(
        service.targets.map(async ({ url }) => ({ url, reason: await probe(url, patience) })),
      )
      return [
        service.name,
        {
          up: results.filter((result) => result.reason === undefined).length,
          down: results.flatMap(({ url, reason }) =>
            reason === undefined ? [] : [{ target: url.replace(/^[a-z]+:\/\//, ''), reason }],
          ),
        },
      ]
    }),
  )
  return new Map(states)
}
