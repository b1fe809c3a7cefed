import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Child } from '../children.ts'
import { freePort } from '../ports.ts'
import type { Target } from '../target.ts'
import { others, routeNames, type Peer, type RunningPeer, type Setup } from './peer.ts'

/** What one config of the gateway differs in from another. */
export interface Variant {
  readonly routes: number
  readonly workers: number
  /** YAML under `defaults:`, indented by two. */
  readonly defaults?: string
  /** Body of `/generation`, by which the bench sees that a config is live. */
  readonly generation?: string
}

/** Ports and files of one gateway process. */
export interface Place {
  readonly target: Target
  readonly folder: string
  readonly label: string
  readonly port: number
  readonly admin: number
}

const launcher = join(import.meta.dirname, '../../bin/gwanmun')

/** The config as YAML: all in one file, so many routes to small answers, the four others, and two that the gateway answers itself. */
export function configText({ target, folder, label, port, admin }: Place, variant: Variant): string {
  const service = (name: keyof Target): string =>
    `  ${name}: { targets: 'http://127.0.0.1:${target[name]}', pool: { max: 256, idle: 1h, maxRequests: 1000000000 } }\n`
  const route = (name: string, to: string): string =>
    `  ${name}: { path: '/${name}/*', service: ${to}${to === 'sink' ? ', bodyLimit: none' : ''} }\n`
  return `listeners:
  main:
    port: ${port}
    host: 127.0.0.1
    limits: { requestsPerConnection: 1000000000 }
    timeouts: { keepAlive: 1h }
${variant.defaults === undefined ? '' : `defaults:\n${variant.defaults}\n`}services:
${service('small')}${service('answers')}${service('big')}${service('sink')}routes:
  generation: { path: /generation, respond: { body: 'generation ${variant.generation ?? '0'}' } }
  respond: { path: /respond, respond: { body: '${'an answer that the gateway makes itself'.padEnd(100, '.')}' } }
${routeNames(variant.routes)
  .map((name) => route(name, 'small'))
  .join('')}${others.map(({ name, service: to }) => route(name, to)).join('')}telemetry:
  logs:
    stdout: none
    file: { to: file, path: '${join(folder, label)}.log', format: json }
admin: { port: ${admin} }
state: '${join(folder, label)}-state'
workers: ${variant.workers}
drain: { delay: 0s, timeout: 3s }
`
}

/** Waits for the line of stdout that says that every worker listens; throws with the program's last words if it ends first or takes longer than `limit` ms. */
export async function untilReady(child: Child, limit = 60_000): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (text: string): void => reject(new Error(`${child.name} ${text}:\n${child.lastWords()}`))
      timer = setTimeout(() => fail(`is not ready after ${limit} ms`), limit)
      child.onLine((line) => {
        if (line.includes('"msg":"ready"')) resolve()
      })
      void child.ended.then((code) => fail(`ended with ${code}`))
    })
  } finally {
    clearTimeout(timer)
  }
}

/** Starts the gateway on a config file, with further flags and environment; does not wait until it is ready. */
export function launch(
  setup: Pick<Setup, 'session' | 'label'>,
  file: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Child {
  return setup.session.children.start(setup.label, launcher, ['start', '-c', file, ...flags], {
    cwd: setup.session.folder,
    env,
  })
}

/** Path of the program, for verbs other than `start`. */
export const program: string = launcher

/** A gateway whose config can be exchanged while it runs. */
export interface RunningGateway extends RunningPeer {
  readonly file: string
  readonly place: Place
}

/** Starts the gateway so that it takes changes of its file, and waits until it is ready. */
export async function startGateway(
  setup: Setup,
  variant: Partial<Variant> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const { session, label } = setup
  const folder = join(session.folder, `${label}-config`)
  mkdirSync(folder, { recursive: true })
  const place: Place = {
    target: setup.target,
    folder: session.folder,
    label,
    port: await freePort(),
    admin: await freePort(),
  }
  const file = join(folder, 'gateway.yaml')
  writeFileSync(file, configText(place, { routes: setup.routes, workers: setup.workers, ...variant }))
  const child = launch(setup, file, ['--watch'], env)
  await untilReady(child)
  return {
    label,
    child,
    port: place.port,
    log: `${join(session.folder, label)}.log`,
    warmUp: 4,
    file,
    place,
    end: () => child.end(6000),
  }
}

/** This repository's gateway; V8 needs about 3 s at full load before its code is settled. */
export const gwanmun: Peer = {
  name: 'gwanmun',
  version: () => `gwanmun on node/${process.versions.node}`,
  start: (setup: Setup): Promise<RunningPeer> => startGateway(setup),
}
