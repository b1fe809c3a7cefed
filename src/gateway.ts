import { pathToFileURL } from 'node:url'
import { checkConfig } from './checker.ts'
import type { DataPlane, ExplainResult, InnerRequest, InnerResponse } from './contract/data-plane.ts'
import type { Diagnostic } from './contract/diagnostic.ts'
import type { CodeRef, Snapshot } from './contract/snapshot.ts'
import { createDataPlane, startToken } from './data-plane.ts'
import { createNames } from './discovery/names.ts'
import { createSystemNames } from './discovery/system-names.ts'
import { fromRequest, toResponse } from './lib/fetch-messages.ts'
import { frameKind, readFrames } from './telemetry/frames.ts'
import { attachMemory, createMemory, growMemory } from './telemetry/memory.ts'
import { RingReader } from './telemetry/ring.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { namesOf } from './threads/compile-calls.ts'
import { type BoundListeners, EmbeddedListeners } from './threads/embedded-listeners.ts'
import { createSlotAllocator } from './threads/slot-allocator.ts'
import { targetHosts } from './threads/target-hosts.ts'
import { packageVersion } from './version.ts'

/** ms between two deliveries of log lines. */
const logEvery = 100
const noBytes = Buffer.alloc(0)

/** What a gateway inside another program is made from. */
export interface GatewayOptions {
  /** A configuration as in `gateway.ts`, or the path of a configuration file. */
  readonly config: object | string
  /** Folder that relative paths start from; the process's own by default. */
  readonly cwd?: string
  /** Given each access record and log entry as one JSON line; without it none are made. */
  readonly onLog?: (line: string) => void
}

/** A gateway in the caller's thread: for tests, and for programs that embed one. */
export interface Gateway {
  /** Opens every listener of the configuration, or none: rejects when a port is taken. */
  listen(): Promise<void>
  /** Where a listener was opened; the first one when no name is given. */
  address(listener?: string): { readonly host: string; readonly port: number }
  /**
   * Runs one request through the whole gateway without a socket on the client's side. Rejects when its answer is cut, and
   * once `close` was called.
   */
  inject(request: InnerRequest): Promise<InnerResponse>
  /** The same with the web's own types. */
  fetch(request: Request): Promise<Response>
  /** What would happen to a request, without sending anything. */
  explain(request: InnerRequest): Promise<ExplainResult>
  /**
   * Takes another configuration; rejects with a ConfigError and keeps the running one when it has errors. Once `listen`
   * was called, listeners open, move and close with it; a port that is taken is an error too.
   */
  reload(config?: object | string): Promise<void>
  /** Stops accepting, finishes what runs for up to `timeout` ms (5 s by default), closes everything. */
  close(timeout?: number): Promise<void>
}

/** A configuration was refused; `diagnostics` says all that is wrong with it. */
export class ConfigError extends Error {
  readonly diagnostics: readonly Diagnostic[]
  constructor(diagnostics: readonly Diagnostic[]) {
    const first = diagnostics.find((one) => one.severity === 'error')
    super(
      first === undefined
        ? 'the configuration has errors'
        : `${first.code} ${first.path ?? first.file}: ${first.message}${first.help === undefined ? '' : ` (${first.help})`}`,
    )
    this.name = 'ConfigError'
    this.diagnostics = diagnostics
  }
}

/** Reads the configuration and makes the gateway ready; nothing listens yet. Rejects with a ConfigError. */
export const createGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const gateway = new EmbeddedGateway(options)
  await gateway.reload()
  return gateway
}

class EmbeddedGateway implements Gateway {
  private config: object | string
  private readonly cwd: string
  private memory = createMemory({ workers: 1 })
  private readonly telemetry: ReturnType<typeof createTelemetry>
  private readonly plane: DataPlane
  private readonly listeners: EmbeddedListeners
  private readonly hasLog: boolean
  private readonly slots = createSlotAllocator()
  private loads = 0
  private readonly names = createNames({
    resolve: createSystemNames(),
    onChange: (table) => this.plane.setTargets(table),
    onFailure: (name, reason) => this.telemetry.log('warn', 'name does not resolve', { name, reason }),
  })
  private deliverLog: () => void = () => {}
  private logTimer: NodeJS.Timeout | undefined
  private snapshot: Snapshot | undefined
  private generation = 0
  private isListening = false
  private isClosed = false
  private closing: Promise<void> | undefined
  private queue: Promise<unknown> = Promise.resolve()

  constructor({ config, cwd = process.cwd(), onLog }: GatewayOptions) {
    this.config = config
    this.cwd = cwd
    this.hasLog = onLog !== undefined
    this.telemetry = createTelemetry(this.memory, 0, { access: this.hasLog })
    this.plane = createDataPlane({
      telemetry: this.telemetry,
      worker: 0,
      node: 'embedded',
      version: packageVersion(),
      start: startToken(),
      importCode: (ref) => this.importCode(ref),
      onLeft: (load) => void this.slots.release(load),
    })
    this.listeners = new EmbeddedListeners(this.plane)
    if (onLog !== undefined) this.startLog(onLog)
  }

  private startLog(onLog: (line: string) => void): void {
    const rings = attachMemory(this.memory).handles.rings[0]
    if (rings === undefined) return
    const [lines, frames] = [new RingReader(rings.lines), new RingReader(rings.frames)]
    const tell = (run: Buffer): void => {
      for (const line of run.toString('latin1').split('\n')) if (line !== '') onLog(line)
    }
    this.deliverLog = () => {
      tell(lines.read() ?? noBytes)
      readFrames(frames.read() ?? noBytes, (kind, content) => {
        if (kind === frameKind.log) tell(content)
      })
    }
    this.logTimer = setInterval(() => this.deliverLog(), logEvery)
    this.logTimer.unref()
  }

  /** Code of a file is imported anew for each load; functions of a configuration object are taken from it. */
  private async importCode(ref: CodeRef): Promise<unknown> {
    const [name = 'default', pointer = ''] = ref.export.split('#', 2)
    let value: unknown
    if (ref.file === '') value = this.config
    else
      value = (
        (await import(`${pathToFileURL(ref.file).href}?generation=${this.generation}`)) as Record<string, unknown>
      )[name]
    for (const part of pointer.split('/').slice(1))
      value = (value as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')]
    return value
  }

  reload(config: object | string = this.config): Promise<void> {
    return this.inTurn(() => this.reloadNow(config))
  }
  private async reloadNow(config: object | string): Promise<void> {
    const before = this.config
    this.generation++
    const source = typeof config === 'string' ? { file: config } : { object: config }
    const { snapshot, diagnostics } = await checkConfig({
      ...source,
      cwd: this.cwd,
      mode: 'library',
      generation: this.generation,
    })
    if (snapshot === undefined) throw new ConfigError(diagnostics)
    this.config = config
    const load = ++this.loads
    let bound: BoundListeners | undefined
    try {
      if (this.isListening) bound = await this.listeners.bind(snapshot.listeners)
      const table = this.slots.assign(load, namesOf(snapshot))
      this.memory = growMemory(this.memory, this.slots.sizes())
      this.telemetry.grow(this.memory)
      await this.plane.prepare(snapshot, table, await this.names.add(hostsOf(snapshot)), load)
    } catch (error) {
      this.config = before
      this.slots.release(load)
      if (bound !== undefined) this.listeners.release(bound)
      throw error
    }
    this.plane.commit(load)
    const { level, redact } = snapshot.settings
    this.telemetry.configure({ level, redact, access: this.hasLog })
    this.names.keep(hostsOf(snapshot))
    this.snapshot = snapshot
    if (bound !== undefined) await this.listeners.open(bound)
  }

  listen(): Promise<void> {
    return this.inTurn(async () => {
      await this.listeners.open(await this.listeners.bind(this.snapshot?.listeners ?? []))
      this.isListening = true
    })
  }

  /** Runs after what was asked for before: a reload sees no other one half done, nor the end. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(async () => {
      if (this.isClosed) throw new Error('the gateway is closed')
      return work()
    })
    this.queue = result.catch(() => undefined)
    return result
  }

  address(listener?: string): { readonly host: string; readonly port: number } {
    const name = listener ?? this.snapshot?.listeners[0]?.name ?? ''
    const found = this.listeners.address(name)
    if (found === undefined) throw new Error(`listener ${name} is not open`)
    return found
  }
  inject(request: InnerRequest): Promise<InnerResponse> {
    if (this.closing !== undefined) return Promise.reject(new Error('the gateway is closing'))
    return this.plane.inject(request)
  }
  async fetch(request: Request): Promise<Response> {
    return toResponse(await this.inject(await fromRequest(request)), request.method)
  }
  explain(request: InnerRequest): Promise<ExplainResult> {
    const { method, url, headers = [], body, from, listener } = request
    return this.plane.explain({
      method,
      url,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(from === undefined ? {} : { from }),
      ...(listener === undefined ? {} : { listener }),
    })
  }
  close(timeout = 5000): Promise<void> {
    this.closing ??= this.closeNow(timeout)
    return this.closing
  }
  private async closeNow(timeout: number): Promise<void> {
    await this.inTurn(() => {
      this.isClosed = true
      return Promise.resolve()
    })
    this.names.close()
    this.listeners.close()
    await this.plane.drain(timeout)
    this.plane.close()
    clearInterval(this.logTimer)
    this.deliverLog()
  }
}

const hostsOf = (snapshot: Snapshot): string[] =>
  targetHosts(snapshot.services.flatMap(({ targets }) => targets.map(({ url }) => url)))
