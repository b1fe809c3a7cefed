import { readFileSync, statSync } from 'node:fs'
import { lookup } from 'node:dns/promises'
import { createServer, type Server } from 'node:net'
import { availableParallelism } from 'node:os'
import { bad, good, warning, type Finding } from './finding.ts'

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Node is new enough. */
export const lookAtNode = (version: string = process.versions.node): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 26 || (major === 26 && minor >= 10)
    ? good('node', `Node ${version}`)
    : bad(
        'node',
        `Node ${version} is too old`,
        'The gateway needs 26.10 or newer. Run npm install again, so that the bundled one comes along.',
      )
}

/** Processors, and how many workers `auto` gives. */
export const lookAtProcessors = (): Finding => good('processors', `${availableParallelism()} usable`)

/** How many descriptors, and so sockets, this process may have. Two for each proxied request. */
export const lookAtDescriptors = (limits: string | undefined = read('/proc/self/limits')): Finding => {
  const match = limits === undefined ? null : /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits)
  if (match === null) return warning('descriptors', 'the limit on open files is not shown by this system')
  const soft = match[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(match[1])
  const says = `${match[1]} open files (hard limit ${match[2]})`
  return soft < 4096
    ? warning(
        'descriptors',
        says,
        'Each proxied request needs two. Set LimitNOFILE=65536 in the systemd unit, or ulimit -n 65536.',
      )
    : good('descriptors', says)
}

/** The clock is plausible: not before this package was made, and synchronised where the system says so. */
export const lookAtClock = (now: number = Date.now()): Finding => {
  const made = statSync(new URL('../../../package.json', import.meta.url)).mtimeMs
  const shown = new Date(now).toISOString()
  if (now < made - 86_400_000)
    return bad(
      'clock',
      `${shown} is before this package was made`,
      'Set the clock; certificates and tokens depend on it.',
    )
  const service = read('/run/systemd/timesync/synchronized') !== undefined
  return good('clock', `${shown}${service ? ', synchronised' : ''}`)
}

/** Names resolve. */
export const lookAtNames = async (hosts: readonly string[]): Promise<Finding[]> =>
  Promise.all(
    [...new Set(['localhost', ...hosts])].map(async (host) => {
      const begun = performance.now()
      try {
        const found = await lookup(host, { all: true })
        return good(
          'names',
          `${host} is ${found.map((one) => one.address).join(', ')} (${(performance.now() - begun).toFixed(0)} ms)`,
        )
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
        return warning(
          'names',
          `${host} does not resolve (${code})`,
          'Check the name, /etc/hosts and /etc/resolv.conf.',
        )
      }
    }),
  )

/** Proxy variables, which programs around the gateway obey and the gateway does not. */
export const lookAtProxies = (env: Readonly<Record<string, string | undefined>>): Finding => {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].filter(
    (name) => (env[name] ?? env[name.toLowerCase()] ?? '') !== '',
  )
  return names.length === 0
    ? good('proxy variables', 'none set')
    : warning(
        'proxy variables',
        `${names.join(', ')} set`,
        'The gateway connects to targets directly and does not use them.',
      )
}

/** Whether connections that wait at a crashed worker move to another one. */
export const lookAtMigration = (value: string | undefined = read('/proc/sys/net/ipv4/tcp_migrate_req')): Finding => {
  if (value === undefined) return warning('tcp_migrate_req', 'this system does not have net.ipv4.tcp_migrate_req')
  return value === '1'
    ? good('tcp_migrate_req', 'on: connections that wait at a crashed worker move to another')
    : warning(
        'tcp_migrate_req',
        'off: connections that wait at a worker when it crashes are reset',
        'sysctl net.ipv4.tcp_migrate_req=1, and a file in /etc/sysctl.d to keep it.',
      )
}

const listenShared = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', reusePort: true }, () => resolve(server))
  })

/** Whether several workers can listen on one port. */
export const lookAtSharedPorts = async (): Promise<Finding> => {
  const servers: Server[] = []
  try {
    servers.push(await listenShared(0))
    const address = servers[0]?.address()
    servers.push(await listenShared(typeof address === 'object' && address !== null ? address.port : 0))
    return good('SO_REUSEPORT', 'works: every worker listens by itself')
  } catch {
    return warning(
      'SO_REUSEPORT',
      'not available: the gateway runs with one worker',
      'Use Linux, or a newer kernel, for several workers.',
    )
  } finally {
    for (const server of servers) server.close()
  }
}
