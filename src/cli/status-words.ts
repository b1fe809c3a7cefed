import type { GatewayInfo, TargetInfo, WorkerInfo } from '../contract/admin.ts'
import { urlOf } from './listen-urls.ts'
import type { ServiceState } from './service-state.ts'
import { plural } from './report/verdict.ts'
import { columns } from './table.ts'
import type { Terminal } from './terminal.ts'

/** `3 s`, `5 min`, `2 h`, `4 d`. */
const since = (from: number, now: number): string => {
  const seconds = Math.max(0, Math.round((now - from) / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`

const configLine = ({ config, reloads }: GatewayInfo, now: number, terminal: Terminal): string => {
  const text = `${config.file ?? 'given over the admin API'} · ${config.hash} · ${plural(config.routes, 'route')} · since ${since(config.loadedAt, now)}`
  const stale = config.stale
    ? ` · ${terminal.style('yellow', '▲')} the latest file was refused: ${config.reason ?? 'see the log'}`
    : ''
  return `${text} · ${plural(reloads.done, 'reload')}, ${reloads.refused} refused${stale}`
}

const workerRows = (workers: readonly WorkerInfo[], now: number): string[][] => [
  ['worker', 'state', 'since', 'lag', 'memory', 'connections', 'in flight'],
  ...workers.map((one) => [
    String(one.worker),
    one.state,
    since(one.startedAt, now),
    `${one.lag.toFixed(0)} ms`,
    megabytes(one.heap),
    String(one.connections),
    String(one.inFlight),
  ]),
]

/** Mark and words of a target: what a connection tried just now says, and what the workers think of it. */
const targetState = (
  target: TargetInfo,
  refused: string | undefined,
  workers: number,
  terminal: Terminal,
): readonly [mark: string, says: string] => {
  const out = target.ejected === 0 ? '' : `held out by ${target.ejected} of ${plural(workers, 'worker')}`
  // One that is the only target is never held out, however dead it is.
  if (refused !== undefined) return [terminal.style('red', '○'), `${refused}${out === '' ? '' : `, ${out}`}`]
  if (out === '') return [terminal.style('green', '●'), 'up']
  return [target.ejected < workers ? terminal.style('yellow', '▲') : terminal.style('red', '○'), out]
}

const targetRows = (
  { services }: GatewayInfo,
  workers: number,
  states: ReadonlyMap<string, ServiceState>,
  terminal: Terminal,
): string[][] =>
  services.flatMap(({ name, targets }) =>
    targets.map((target, index) => [
      index === 0 ? name : '',
      ...targetState(
        target,
        states.get(name)?.down.find((one) => one.target === target.url.replace(/^[a-z]+:\/\//, ''))?.reason,
        workers,
        terminal,
      ).toSpliced(1, 0, target.url),
      target.addresses === undefined
        ? ''
        : target.addresses.length === 0
          ? 'name does not resolve'
          : target.addresses.join(' '),
    ]),
  )

/** What `gwanmun status` prints. `states` are the targets as seen from here, empty when nobody looked. */
export const statusLines = (
  url: string,
  ready: boolean,
  info: GatewayInfo,
  workers: readonly WorkerInfo[],
  states: ReadonlyMap<string, ServiceState>,
  now: number,
  terminal: Terminal,
): string[] => {
  const mark = ready ? terminal.style('green', '✔') : terminal.style('red', '✖')
  const lost = info.workersLost > 0 ? ` · ${plural(info.workersLost, 'worker')} lost` : ''
  return [
    `${mark} ${ready ? 'ready' : info.state} · gwanmun ${info.version} · ${info.name} · up ${since(info.startedAt, now)}${lost} · ${url}`,
    '',
    ...columns([
      ['config', configLine(info, now, terminal)],
      ...info.listeners.map((one, index) => [index === 0 ? 'listeners' : '', `${one.name} ${urlOf(one)}`]),
    ]),
    '',
    ...columns(workerRows(workers, now)),
    ...(info.services.length === 0 ? [] : ['', ...columns(targetRows(info, workers.length, states, terminal))]),
  ]
}
