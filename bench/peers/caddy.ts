import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, untilListening } from '../ports.ts'
import type { Target } from '../target.ts'
import { others, routeNames, type Peer, type RunningPeer, type Setup } from './peer.ts'

function handle(name: string, port: number): string {
  return `  handle /${name}/* {
    reverse_proxy 127.0.0.1:${port} {
      header_up X-Request-Id {http.request.uuid}
      header_up traceparent 00-{http.request.uuid}-b7ad6b7169203331-01
      header_up X-Forwarded-Port {http.request.port}
      header_up Via "1.1 caddy"
      flush_interval -1
      transport http {
        keepalive 1h
        keepalive_idle_conns 256
        keepalive_idle_conns_per_host 256
        compression off
      }
    }
  }
`
}

function config(setup: Setup, port: number): string {
  const { target, routes, session, label } = setup
  const service = (name: keyof Target): number => target[name]
  return `{
  admin off
  auto_https off
}
http://:${port} {
  bind 127.0.0.1
  log {
    output file ${join(session.folder, label)}.log {
      roll_disabled
    }
    format json
  }
  header X-Request-Id {http.request.uuid}
${routeNames(routes)
  .map((name) => handle(name, service('small')))
  .join('')}${others.map(({ name, service: to }) => handle(name, service(to))).join('')}  respond 404
}
`
}

/** Caddy held to one core, with its own JSON log and its metrics off, which is in its favour. */
export const caddy: Peer = {
  name: 'caddy',
  version: () => `caddy/${execFileSync('caddy', ['version'], { encoding: 'utf8' }).trim().split(' ')[0] ?? ''}`,
  async start(setup: Setup): Promise<RunningPeer> {
    const { session, label, workers } = setup
    const path = join(session.folder, label)
    const port = await freePort()
    writeFileSync(`${path}.caddyfile`, config(setup, port))
    const child = session.children.start(
      label,
      'caddy',
      ['run', '--config', `${path}.caddyfile`, '--adapter', 'caddyfile'],
      {
        env: {
          GOMAXPROCS: `${workers}`,
          HOME: session.folder,
          XDG_DATA_HOME: session.folder,
          XDG_CONFIG_HOME: session.folder,
        },
      },
    )
    await untilListening(child, port)
    return { label, child, port, log: `${path}.log`, warmUp: 1, end: () => child.end() }
  },
}
