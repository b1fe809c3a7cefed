import { createServer } from 'node:net'

/** Whether a port can be bound; tells the code of the refusal otherwise (`EADDRINUSE`, `EACCES` …). */
export const probePort = (port: number, host: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EUNKNOWN'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })

/** The next free port after `port` on a host, among the 50 that follow. */
export const nextFreePort = async (port: number, host: string): Promise<number | undefined> => {
  for (let candidate = port + 1; candidate <= Math.min(port + 50, 65_535); candidate++) {
    // oxlint-disable-next-line no-await-in-loop -- the first free one is wanted, so they are tried in turn
    if ((await probePort(candidate, host)) === undefined) return candidate
  }
  return undefined
}

/** `port 8080 is used by node (pid 4121)`, or by another process where the system does not tell. */
export const describeTaken = async (port: number): Promise<string> => {
  const { findPortOwner } = await import('../port-owner.ts')
  const owner = findPortOwner(port)
  return `port ${port} is used by ${owner === undefined ? 'another process' : `${owner.name} (pid ${owner.pid})`}`
}
