/** One metric family: the exposition and the reference page are made from it. */
export interface MetricFamily {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

const family = (
  type: MetricFamily['type'],
  name: string,
  help: string,
  ...labels: readonly string[]
): MetricFamily => ({
  name: `gateway_${name}`,
  type,
  help,
  labels,
})
const route = ['listener', 'route', 'service'] as const

/** Families that are rendered one by one. */
// oxfmt-ignore
export type FamilyKey =
  | 'requests' | 'duration' | 'serviceDuration' | 'problems' | 'targetRequests' | 'targetConnectFailures'
  | 'targetFailures' | 'targetEjections' | 'targetRestorations' | 'targetEjected' | 'buildInfo' | 'configInfo'
  | 'configStale' | 'configLoaded' | 'workers' | 'workerLag' | 'workerHeap' | 'sinkDropped'
  | 'sinkWritten' | 'processCpu' | 'processMemory' | 'processStarted'

export const families: Readonly<Record<FamilyKey, MetricFamily>> = {
  requests: family('counter', 'requests_total', 'Answers to clients.', ...route, 'status'),
  duration: family(
    'histogram',
    'request_duration_seconds',
    'From the head of the request to the end of the answer.',
    ...route,
  ),
  serviceDuration: family(
    'histogram',
    'service_duration_seconds',
    'Waiting for the service: from the first attempt to the head of its answer.',
    ...route,
  ),
  problems: family(
    'counter',
    'problems_total',
    'Answers that the gateway made because of a problem, by its code.',
    'code',
  ),
  targetRequests: family('counter', 'target_requests_total', 'Attempts at a target.', 'service', 'target'),
  targetConnectFailures: family(
    'counter',
    'target_connect_failures_total',
    'Attempts that got no connection.',
    'service',
    'target',
  ),
  targetFailures: family(
    'counter',
    'target_failures_total',
    'Attempts that failed otherwise: cut, malformed, or a time limit ran out, the wait for a connection included.',
    'service',
    'target',
  ),
  targetEjections: family(
    'counter',
    'target_ejections_total',
    'Times a worker put the target out.',
    'service',
    'target',
  ),
  targetRestorations: family(
    'counter',
    'target_restorations_total',
    'Times a worker took the target back in.',
    'service',
    'target',
  ),
  targetEjected: family('gauge', 'target_ejected', 'Workers that hold the target out now.', 'service', 'target'),
  buildInfo: family('gauge', 'build_info', 'Always 1; version of the gateway and of Node.', 'version', 'node'),
  configInfo: family('gauge', 'config_info', 'Always 1; hash of the running configuration.', 'hash'),
  configStale: family('gauge', 'config_stale', '1 when the file was refused and an older configuration runs.'),
  configLoaded: family(
    'gauge',
    'config_loaded_timestamp_seconds',
    'When the running configuration was taken, Unix time.',
  ),
  workers: family('gauge', 'workers', 'Workers that run.'),
  workerLag: family(
    'gauge',
    'worker_loop_lag_seconds',
    'How late the loop of a worker was lately; a fading maximum.',
    'worker',
  ),
  workerHeap: family('gauge', 'worker_heap_bytes', 'Heap that a worker uses.', 'worker'),
  sinkDropped: family('counter', 'log_sink_dropped_total', 'Records that a log sink could not write.', 'sink'),
  sinkWritten: family('counter', 'log_sink_written_bytes_total', 'Bytes that a log sink wrote.', 'sink'),
  processCpu: family('counter', 'process_cpu_seconds_total', 'CPU time of the whole process, user and system.'),
  processMemory: family('gauge', 'process_resident_memory_bytes', 'Memory of the whole process.'),
  processStarted: family('gauge', 'process_start_time_seconds', 'When the process started, Unix time.'),
}

/** Help of the counters and gauges without labels, by their name in the contract. */
const plainHelp: Readonly<Record<string, string>> = {
  connections_total: 'Connections accepted from clients.',
  connections_refused_total: 'Connections refused because of a limit.',
  rejected_total: 'Requests refused before they were understood.',
  retries_total: 'Attempts after the first one.',
  stale_connections_total: 'Attempts whose kept connection was closed before any answer came, repeated or not.',
  service_connections_total: 'Connections opened to targets.',
  request_bytes_total: 'Bytes of request bodies.',
  response_bytes_total: 'Bytes of answer bodies.',
  log_dropped_total: 'Records dropped because the ring of a worker was full.',
  upgrades_total: 'Connections that became tunnels.',
  shed_total: 'Requests refused to stay alive under overload.',
  client_aborts_total: 'Requests whose client went away before the answer was complete.',
  policy_errors_total: 'Requests ended by a policy or handler that failed.',
  connections: 'Connections of clients that are open.',
  requests_in_flight: 'Requests that are being answered.',
  service_connections: 'Connections to targets that are open.',
  tunnels: 'Tunnels that are open.',
}

/** Every family, in the order of the exposition. */
export const allFamilies = (): readonly MetricFamily[] => [
  ...Object.values(families),
  ...Object.entries(plainHelp).map(([name, help]) => family(name.endsWith('_total') ? 'counter' : 'gauge', name, help)),
]
