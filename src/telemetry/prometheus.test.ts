import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Snapshot } from '../contract/snapshot.ts'
import type { SlotTable } from '../contract/threads.ts'
import { exchangeLike, factsLike, routeLike } from './exchange.fixture.ts'
import { labelValue } from './exposition.ts'
import { attachMemory, createMemory } from './memory.ts'
import { allFamilies } from './metric-catalog.ts'
import { metricNames } from './metric-names.ts'
import { type GatewayFacts, renderMetrics } from './prometheus.ts'
import { createTelemetry } from './telemetry.ts'

const slots: SlotTable = {
  listeners: { web: 0, internal: 1 },
  routes: { web: 0, 'web orders': 1, 'internal orders': 2, internal: 3, 'web never': 4 },
  services: { shop: 0 },
  targets: { 'shop http://127.0.0.1:4001': 0, 'shop http://user:pass@10.0.0.1/base': 1 },
}
const action = { kind: 'service', service: 'shop' } as const
const snapshot = {
  routes: [{ name: 'orders', listeners: ['web', 'internal'], action }],
} as unknown as Snapshot
const facts: GatewayFacts = {
  version: '0.1.0',
  node: '26.10.0',
  configHash: 'abc123',
  configStale: true,
  configLoadedAt: 1_700_000_000_000,
  startedAt: 1_700_000_000_500,
  cpuSeconds: 1.5,
  residentBytes: 80_000_000,
  sinks: [{ name: 'stdout', dropped: 2, written: 1000 }],
}

const exposition = (): string => {
  const handles = createMemory({ workers: 2 })
  const telemetry = createTelemetry(handles, 0)
  const route = routeLike('orders', 1)
  telemetry.exchangeEnded(exchangeLike(), route, factsLike())
  telemetry.exchangeEnded(exchangeLike(), route, factsLike({ status: 418, endedAt: 61_000 }))
  telemetry.exchangeEnded(exchangeLike({ code: 'GW4041' }), routeLike('', 0), factsLike({ status: 404 }))
  telemetry.refused(0, 'web', 404, 'GW4041', '203.0.113.1', 'x')
  telemetry.target(0, 'request', 2)
  telemetry.target(0, 'ejected', 1)
  telemetry.gauge('connections', 3)
  return renderMetrics(attachMemory(handles), metricNames(slots, snapshot), facts)
}

test('11.13 the exposition is what promtool expects of one', () => {
  const run = spawnSync('promtool', ['check', 'metrics'], { input: exposition(), encoding: 'utf8' })
  assert.equal(run.error, undefined)
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, '', ''])
})

test('answers are counted by listener, route, service and status; refusals count for the listener', () => {
  const lines = exposition().split('\n')
  const expected = [
    'gateway_requests_total{listener="web",route="orders",service="shop",status="200"} 1',
    'gateway_requests_total{listener="web",route="orders",service="shop",status="418"} 1',
    'gateway_requests_total{listener="web",route="",service="",status="404"} 2',
    'gateway_request_duration_seconds_bucket{listener="web",route="orders",service="shop",le="0.025"} 1',
    'gateway_request_duration_seconds_bucket{listener="web",route="orders",service="shop",le="10"} 1',
    'gateway_request_duration_seconds_bucket{listener="web",route="orders",service="shop",le="+Inf"} 2',
    'gateway_request_duration_seconds_sum{listener="web",route="orders",service="shop"} 60.0125',
    'gateway_request_duration_seconds_count{listener="web",route="orders",service="shop"} 2',
    'gateway_problems_total{code="GW4041"} 2',
    'gateway_target_requests_total{service="shop",target="http://127.0.0.1:4001"} 2',
    'gateway_target_ejected{service="shop",target="http://127.0.0.1:4001"} 1',
    'gateway_connections 3',
    'gateway_config_stale 1',
    'gateway_config_info{hash="abc123"} 1',
    'gateway_log_sink_dropped_total{sink="stdout"} 2',
    'gateway_log_dropped_total 0',
  ]
  for (const line of expected) assert.ok(lines.includes(line), line)
})

test('11.13 a route that was never used has no series, and what clients send makes none', () => {
  const text = exposition()
  assert.equal(text.includes('never'), false)
  assert.equal(text.includes('/orders/1'), false)
  assert.equal(text.includes('shop.test'), false)
})

test('11.17 credentials of a target do not show in labels', () => {
  assert.equal(exposition().includes('pass'), false)
  assert.ok(exposition().includes('target="http://10.0.0.1/base"'))
})

test('a label value is escaped so that it ends no line and no quote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.match(`"${labelValue(text)}"`, /^"(?:[^"\\\n]|\\[\\"n])*"$/)
    }),
  )
})

test('every family that appears is in the catalog, with help and type, once', () => {
  const known = new Map(allFamilies().map((family) => [family.name, family]))
  const seen: string[] = []
  for (const line of exposition().split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (name === undefined) continue
    assert.equal(known.get(name)?.type, type)
    seen.push(name)
  }
  assert.equal(new Set(seen).size, seen.length)
})
