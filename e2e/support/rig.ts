import assert from 'node:assert/strict'
import { exchangeBytes } from './raw-connection.ts'
import type { Bytes, ExchangeOptions, RawConnection } from './raw-connection.ts'
import type { RawResponse } from './response-reader.ts'
import { GatewayProcess } from './gateway.ts'
import type { Config, ProcessOptions, RunningGateway } from './gateway.ts'
import { startHere } from './plane.ts'
import type { PlaneGateway } from './plane.ts'
import { RecordingTarget } from './target.ts'

/** One input and what it must get. */
export interface Case {
  readonly name: string
  readonly bytes: Bytes
  /** Statuses that are right. */
  readonly status: readonly number[]
  /** Half-close after sending. */
  readonly end?: boolean
}

/** The config that tests start from; sections given replace these whole. */
export const baseConfig = (targetUrl: string, over: Config = {}): Config => ({
  listeners: { main: { port: 0, host: '127.0.0.1' } },
  services: { target: { targets: [targetUrl], healthCheck: { passive: 'none' } } },
  routes: { all: { path: '/*', service: 'target' } },
  telemetry: { logs: { stdout: 'none' } },
  admin: 'none',
  ...over,
})

/** A gateway with a recording target behind it, and the checks that every fault must pass. */
export class Rig {
  readonly target: RecordingTarget
  readonly gateway: RunningGateway
  private canaries = 0

  private constructor(target: RecordingTarget, gateway: RunningGateway) {
    this.target = target
    this.gateway = gateway
  }
  /** In this process. `over` gives sections of the config, or makes them from the target's URL. */
  static async start(
    over: Config | ((targetUrl: string) => Config) = {},
  ): Promise<Rig & { readonly gateway: PlaneGateway }> {
    const target = await RecordingTarget.start()
    const sections = typeof over === 'function' ? over(target.url) : over
    try {
      return new Rig(target, await startHere(baseConfig(target.url, sections))) as Rig & {
        readonly gateway: PlaneGateway
      }
    } catch (error) {
      await target.close()
      throw error
    }
  }
  /** As `gwanmun start`. */
  static async startProcess(
    over: Config | ((targetUrl: string) => Config) = {},
    options: ProcessOptions = {},
  ): Promise<Rig & { readonly gateway: GatewayProcess }> {
    const target = await RecordingTarget.start()
    const sections = typeof over === 'function' ? over(target.url) : over
    try {
      const gateway = await GatewayProcess.start(baseConfig(target.url, sections), options)
      return new Rig(target, gateway) as Rig & { readonly gateway: GatewayProcess }
    } catch (error) {
      await target.close()
      throw error
    }
  }

  get port(): number {
    return this.gateway.port()
  }
  async close(): Promise<void> {
    await this.gateway.close()
    await this.target.close()
  }

  /** Sends bytes on a new connection and reads answers. */
  send(bytes: Bytes, options: ExchangeOptions = {}): Promise<RawConnection> {
    return exchangeBytes(this.port, bytes, options)
  }
  /** Sends one request, tells the one answer to it. */
  async ask(bytes: Bytes, options: ExchangeOptions = {}): Promise<RawResponse> {
    const connection = await this.send(bytes, options)
    const response = connection.responses[0]
    if (response?.complete !== true || connection.reader.violation !== undefined)
      throw new Error(`no clean answer: ${connection.describe()}`)
    return response
  }

  /** A valid request on a new connection is answered 200, and the target saw exactly it. */
  async canary(): Promise<void> {
    this.target.calm()
    const path = `/canary-${++this.canaries}`
    const response = await this.ask(`GET ${path} HTTP/1.1\r\nHost: canary.test\r\n\r\n`)
    assert.equal(response.status, 200, `canary ${path}`)
    assert.deepEqual(
      this.target.requests.map((request) => `${request.method} ${request.target} ${request.length}`),
      [`GET ${path} 0`],
      'the target saw more than the canary',
    )
    assert.deepEqual(this.target.violations, [], 'what the target saw was no clean HTTP')
    this.target.clear()
  }

  /**
   * The input is refused: status of the case, problem body, connection closed, no byte of it at the target; then the
   * canary.
   */
  async refuses({ bytes, status, end = false }: Case): Promise<void> {
    this.target.calm()
    const connection = await this.send(bytes, { until: 'close', end })
    assertRefusal(connection, status)
    assert.equal(this.target.received, 0, `${this.target.received} bytes reached the target`)
    assert.notEqual(connection.responses[0]?.header('connection')?.toLowerCase(), 'keep-alive')
    await this.canary()
  }

  /**
   * The body proves malformed after a good head: the attempt is never completed at the target, the client gets the
   * status (or a cut connection when the gateway had begun to answer), the connection is closed; then the canary.
   */
  async cuts({ bytes, status, end = false }: Case): Promise<void> {
    this.target.calm()
    const connection = await this.send(bytes, { until: 'close', end })
    assertRefusal(connection, status)
    await this.target.until(
      (target) => target.connections.every((c) => c.standing !== 'open' || c.requests.length === 0),
      'the attempt is cut',
    )
    assert.deepEqual(
      this.target.requests.filter((request) => request.complete).map((r) => r.target),
      [],
      'completed at the target',
    )
    assert.deepEqual(this.target.violations, [], 'what the target saw was no clean HTTP')
    await this.canary()
  }

  /** The input is a valid request: it is answered 200 and the target saw exactly one request, which is given to `see`. */
  async passes(name: string, bytes: Bytes, see: (rig: Rig, response: RawResponse) => void = () => {}): Promise<void> {
    this.target.calm()
    const response = await this.ask(bytes)
    assert.equal(response.status, 200, name)
    assert.equal(this.target.requests.length, 1, `${name}: requests at the target`)
    assert.deepEqual(this.target.violations, [], name)
    see(this, response)
    await this.canary()
  }
}

/** One problem document with a code and a request id, `Connection: close`, and a closed connection. */
export const assertRefusal = (connection: RawConnection, status: readonly number[]): void => {
  assert.equal(connection.reader.violation, undefined, connection.describe())
  assert.equal(connection.responses.length, 1, connection.describe())
  const response = connection.responses[0] as RawResponse
  assert.ok(status.includes(response.status), `status ${response.status}, not ${status.join(' or ')}: ${response.text}`)
  assertProblem(response)
  assert.equal(response.header('connection')?.toLowerCase(), 'close', 'Connection: close')
  assert.equal(connection.standing, 'end', 'closed cleanly, so that the answer arrives')
}

/** The answer is a problem document of the gateway that gives nothing away. */
export const assertProblem = (response: RawResponse): { readonly code: string } => {
  assert.equal(response.header('content-type'), 'application/problem+json')
  const problem = JSON.parse(response.body.toString('utf8')) as Record<string, unknown>
  assert.equal(problem['status'], response.status)
  assert.match(String(problem['code']), /^GW\d{4}$/)
  assert.ok(typeof problem['requestId'] === 'string' && problem['requestId'].length >= 8, 'request id')
  assert.equal(response.header('x-request-id'), problem['requestId'])
  return { code: String(problem['code']) }
}

/** Runs the cases, then reports what failed at once; gives up after a dozen failures, which may each have waited. */
export const each = async <T extends { readonly name: string }>(
  cases: Iterable<T>,
  run: (item: T) => Promise<void>,
): Promise<void> => {
  const failures: string[] = []
  let count = 0
  for (const item of cases) {
    count++
    if (failures.length >= 12) break
    try {
      await run(item)
    } catch (error) {
      failures.push(
        `${item.name}: ${error instanceof Error ? error.message.split('\n').slice(0, 12).join('\n    ') : String(error)}`,
      )
    }
  }
  assert.ok(count > 0, 'no cases')
  if (failures.length > 0) assert.fail(`${failures.length} of ${count} cases fail:\n  ${failures.join('\n  ')}`)
}
