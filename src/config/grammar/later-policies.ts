import type { Place } from '../../contract/policy.ts'

/** A policy that the grammar knows and this version does not do yet. */
export interface LaterPolicy {
  readonly at: readonly Place[]
  readonly says: string
  /** What it comes with. */
  readonly what: string
}

const policy = (at: string, says: string, what: string): LaterPolicy => ({ at: at.split('') as Place[], says, what })

/** Policies of config.md §5.2 that are refused with GW1108 until they are handed in with their options. */
export const laterPolicies: Readonly<Record<string, LaterPolicy>> = {
  auth: policy('GR', 'Who must call.', 'authentication'),
  authorize: policy('GR', 'A condition that lets pass.', 'authorization'),
  rateLimit: policy('GRSP', 'So many requests in a time.', 'limits'),
  quota: policy('RP', 'So many requests in a calendar period.', 'limits'),
  concurrency: policy('GRSP', 'So many requests in flight.', 'limits'),
  criticality: policy('RP', 'Who is shed first under overload.', 'overload protection'),
  overload: policy('G', 'When load is shed.', 'overload protection'),
  waf: policy('GR', 'A rule set against attacks.', 'the web application firewall'),
  validate: policy('R', 'Holds requests against OpenAPI or JSON Schema.', 'validation'),
  idempotency: policy('R', 'Answers a repeated request with its first answer.', 'idempotency'),
  cache: policy('R', 'Keeps answers (RFC 9111).', 'the cache'),
  transform: policy('RS', 'Changes bodies.', 'transformations'),
  soap: policy('RA', 'Speaks SOAP to a service.', 'SOAP'),
  grpc: policy('RA', 'Speaks gRPC to a service.', 'gRPC'),
  graphql: policy('RA', 'Speaks GraphQL to a service.', 'GraphQL'),
  identity: policy('RS', 'How the service learns who calls.', 'authentication'),
  retry: policy('RSA', 'Tries again, in safe cases.', 'retry rules'),
  hedge: policy('RSA', 'A second attempt when the first is slow.', 'hedging'),
  circuitBreaker: policy('RS', 'Stops calling a failing service.', 'the circuit breaker'),
  fallback: policy('R', 'What answers when the service cannot.', 'fallbacks'),
  split: policy('R', 'Sends a share elsewhere.', 'traffic splitting'),
  fault: policy('R', 'Fails on purpose.', 'fault injection'),
  mirror: policy('R', 'Sends a copy elsewhere.', 'mirroring'),
  async: policy('R', 'Answers 202 and keeps the work as a job.', 'jobs'),
  deprecated: policy('R', 'Tells that the route goes away.', 'deprecation'),
  capture: policy('GR', 'Keeps headers and bodies of requests.', 'capturing'),
  meters: policy('R', 'What one call counts.', 'metering'),
  slo: policy('R', 'What is promised.', 'service level objectives'),
}
