import { connect } from 'node:net'

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

/** Where a target's URL leads: host and port, or the path of a unix socket. */
const addressOf = (url: string): { readonly host: string; readonly port: number } | { readonly path: string } => {
  if (url.startsWith('unix:')) return { path: url.slice('unix:'.length).replace(/^\/\//, '') }
  const { hostname, port, protocol } = new URL(url)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  }
}

const probe = (url: string, patience: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(addressOf(url))
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
