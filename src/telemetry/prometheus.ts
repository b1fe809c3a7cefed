import { bucketBounds, histogramWidth, sumOffset } from './buckets.ts'
import { createExposition, type Exposition, labelSet } from './exposition.ts'
import {
  beatAt,
  codeNames,
  codesAt,
  counterNames,
  gaugeNames,
  gaugesAt,
  heapAt,
  lagAt,
  serviceHistogram,
  targetCell,
  totalHistogram,
} from './layout.ts'
import type { Memory } from './memory.ts'
import { allFamilies, families, type MetricFamily } from './metric-catalog.ts'
import type { MetricNames, RouteSeries } from './metric-names.ts'
import { perWorker, type Reading, readMemory } from './reading.ts'
import { columnLabels } from './statuses.ts'

/** What the exposition says besides the counters. Times in ms, CPU in seconds, memory in bytes. */
export interface GatewayFacts {
  readonly version: string
  readonly node: string
  readonly configHash: string
  /** The file was refused; an older configuration runs. */
  readonly configStale: boolean
  /** Wall clock, ms since 1970. */
  readonly configLoadedAt: number
  readonly startedAt: number
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly sinks: readonly { readonly name: string; readonly dropped: number; readonly written: number }[]
}

const plain = new Map<string, MetricFamily>(allFamilies().map((family) => [family.name, family]))
/** Ends of label sets, after those of a route. */
const le = [...bucketBounds.map((bound) => String(bound / 1000)), '+Inf'].map((bound) => `,le="${bound}"}`)

/** Renders all metrics as Prometheus text. Only what was counted appears; series are bounded by the configuration. */
export const renderMetrics = (memory: Memory, names: MetricNames, facts: GatewayFacts): string => {
  const reading = readMemory(memory)
  const out = createExposition()
  requests(out, reading, names, columnLabels(memory.statuses))
  histogram(out, families.duration, totalHistogram, reading, names.routes)
  histogram(out, families.serviceDuration, serviceHistogram, reading, names.routes)
  out.begin(families.problems)
  for (const [at, code] of codeNames.entries()) {
    const value = reading.totals[codesAt + at] as number
    if (value > 0) out.sample(labelSet([['code', code]]), value)
  }
  targets(out, reading, names)
  const plainSample = (name: string, at: number): void => {
    out.begin(plain.get(`gateway_${name}`) as MetricFamily)
    out.sample('', reading.totals[at] as number)
  }
  for (const [at, name] of counterNames.entries()) plainSample(name, at)
  for (const [at, name] of gaugeNames.entries()) plainSample(name, gaugesAt + at)
  workers(out, memory)
  gateway(out, facts)
  return out.text()
}

/** Labels of a route without their end: made once a series, since there are many lines of each. */
const routeLabels = (series: RouteSeries): string =>
  labelSet([
    ['listener', series.listener],
    ['route', series.route],
    ['service', series.service],
  ]).slice(0, -1)

const requests = (
  out: Exposition,
  reading: Reading,
  names: MetricNames,
  labels: readonly (string | undefined)[],
): void => {
  out.begin(families.requests)
  for (const series of names.routes) {
    const row = reading.row('routes', series.slot)
    // What was refused before an exchange existed is an answer of the listener that no route took.
    const listener = series.route === '' ? names.listeners[series.listener] : undefined
    const refused = listener === undefined ? undefined : reading.row('listeners', listener)
    let open = ''
    for (const [column, status] of labels.entries()) {
      const value = (row[column] ?? 0) + (refused?.[column] ?? 0)
      if (value <= 0 || status === undefined) continue
      open ||= routeLabels(series)
      out.sample(`${open},status="${status}"}`, value)
    }
  }
}

const histogram = (
  out: Exposition,
  family: MetricFamily,
  at: number,
  reading: Reading,
  routes: readonly RouteSeries[],
): void => {
  out.begin(family)
  for (const series of routes) {
    const cells = reading.row('routes', series.slot).subarray(at, at + histogramWidth)
    const total = cells.subarray(0, sumOffset).reduce((sum, value) => sum + value, 0)
    if (total === 0) continue
    const open = routeLabels(series)
    let count = 0
    for (const [bucket, bound] of le.entries()) {
      count += cells[bucket] as number
      out.sample(open + bound, count, '_bucket')
    }
    out.sample(`${open}}`, (cells[sumOffset] as number) / 1000, '_sum')
    out.sample(`${open}}`, count, '_count')
  }
}

const targets = (out: Exposition, reading: Reading, names: MetricNames): void => {
  const list: readonly (readonly [MetricFamily, number])[] = [
    [families.targetRequests, targetCell.request],
    [families.targetConnectFailures, targetCell.connectFailure],
    [families.targetFailures, targetCell.failure],
    [families.targetEjections, targetCell.ejected],
    [families.targetRestorations, targetCell.restored],
    [families.targetEjected, targetCell.out],
  ]
  for (const [family, cell] of list) {
    out.begin(family)
    for (const { slot, service, target } of names.targets) {
      const labels = labelSet([
        ['service', service],
        ['target', target],
      ])
      out.sample(labels, reading.row('targets', slot)[cell] ?? 0)
    }
  }
}

const workers = (out: Exposition, memory: Memory): void => {
  const beats = perWorker(memory, beatAt)
  const each = (family: MetricFamily, cell: number, scale: number): void => {
    out.begin(family)
    for (const [index, value] of perWorker(memory, cell).entries()) {
      if (beats[index] !== 0) out.sample(labelSet([['worker', String(index + 1)]]), value / scale)
    }
  }
  out.begin(families.workers)
  out.sample('', beats.filter((beat) => beat !== 0).length)
  each(families.workerLag, lagAt, 1000)
  each(families.workerHeap, heapAt, 1)
}

const gateway = (out: Exposition, facts: GatewayFacts): void => {
  const one = (family: MetricFamily, value: number, pairs: readonly (readonly [string, string])[] = []): void => {
    out.begin(family)
    out.sample(labelSet(pairs), value)
  }
  one(families.buildInfo, 1, [
    ['version', facts.version],
    ['node', facts.node],
  ])
  one(families.configInfo, 1, [['hash', facts.configHash]])
  one(families.configStale, facts.configStale ? 1 : 0)
  one(families.configLoaded, facts.configLoadedAt / 1000)
  for (const [family, key] of [
    [families.sinkDropped, 'dropped'],
    [families.sinkWritten, 'written'],
  ] as const) {
    out.begin(family)
    for (const sink of facts.sinks) out.sample(labelSet([['sink', sink.name]]), sink[key])
  }
  one(families.processCpu, facts.cpuSeconds)
  one(families.processMemory, facts.residentBytes)
  one(families.processStarted, facts.startedAt / 1000)
}
