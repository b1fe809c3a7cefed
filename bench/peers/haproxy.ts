import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, untilListening } from '../ports.ts'
import { others, routeNames, type Peer, type RunningPeer, type Setup } from './peer.ts'

const logFormat =
  '{"time":"%Tl","id":"%ID","status":%ST,"method":"%HM","host":"%[capture.req.hdr(0),json(utf8s)]","path":"%HU","listener":"%f",' +
  '"route":"%[var(txn.route)]","service":"%b","target":"%si:%sp","client":"%ci","source":"service","ms":%Ta,"serviceMs":%Tr,' +
  '"bytesIn":%U,"bytesOut":%B,"attempts":%rc,"traceId":"%ID","userAgent":"%[capture.req.hdr(1),json(utf8s)]","protocol":"%HV"}'

function config({ target, workers }: Setup, port: number, sink: number, map: string): string {
  const backend = (name: keyof typeof target): string =>
    `backend ${name}\n  http-reuse always\n  server one 127.0.0.1:${target[name]} pool-max-conn 256 pool-purge-delay 1h\n`
  const quoted = logFormat.replaceAll('"', '\\"')
  return `global
  nbthread ${workers}
  maxconn 11000
  no strict-limits
  log 127.0.0.1:${sink} len 8192 format raw local0
defaults
  mode http
  timeout client 1h
  timeout server 1h
  timeout connect 5s
  timeout http-keep-alive 1h
  timeout http-request 30s
  option http-keep-alive
  log global
frontend main
  bind 127.0.0.1:${port} backlog 4096
  unique-id-format %[uuid()]
  log-format "${quoted}"
  http-request capture req.hdr(host) len 256
  http-request capture req.hdr(user-agent) len 256
  http-request set-var(txn.route) path,map_beg(${map})
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port ${port}
  http-request set-header Via "1.1 haproxy"
  http-request set-header X-Request-Id %[unique-id]
  http-request set-header traceparent 00-%[unique-id]-b7ad6b7169203331-01
  http-response set-header X-Request-Id %[unique-id]
  http-request return status 404 unless { var(txn.route) -m found }
${others.map(({ name, service }) => `  use_backend ${service} if { var(txn.route) -m str ${name} }\n`).join('')}  default_backend small
${backend('small')}${backend('answers')}${backend('big')}${backend('sink')}`
}

/** HAProxy with one thread, the route found in a prefix tree, its records sent to a UDP sink. */
export const haproxy: Peer = {
  name: 'haproxy',
  version: () =>
    execFileSync('haproxy', ['-v'], { encoding: 'utf8' }).replace(/^HAProxy version (\S+)[^]*/, 'haproxy/$1'),
  async start(setup: Setup): Promise<RunningPeer> {
    const { session, label, routes } = setup
    const path = join(session.folder, label)
    const sink = session.children.start(`${label} log sink`, process.execPath, [
      join(import.meta.dirname, 'log-sink.ts'),
    ])
    const sinkPort = await new Promise<number>((resolve, reject) => {
      sink.onLine((line) => resolve(Number(line)))
      void sink.ended.then(() => reject(new Error(`The log sink ended:\n${sink.lastWords()}`)))
    })
    const names = [...routeNames(routes), ...others.map(({ name }) => name)]
    writeFileSync(`${path}.map`, names.map((name) => `/${name}/ ${name}\n`).join(''))
    const port = await freePort()
    writeFileSync(`${path}.cfg`, config(setup, port, sinkPort, `${path}.map`))
    const child = session.children.start(label, 'haproxy', ['-f', `${path}.cfg`, '-db'])
    await untilListening(child, port)
    return {
      label,
      child,
      port,
      log: undefined,
      warmUp: 1,
      end: async () => {
        await child.end()
        await sink.end()
      },
    }
  },
}
