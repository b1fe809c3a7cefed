import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createSharedMemory } from '../../src/main.ts'
import type { MainEvent } from '../../src/threads/events.ts'
import type { Supervisor, SupervisorOptions } from '../../src/threads/supervision.ts'
import { createSupervisor } from '../../src/threads/supervisor.ts'
import type { TestConfig } from './fixtures/compiler.ts'

type EventOf<K extends MainEvent['kind']> = Extract<MainEvent, { readonly kind: K }>

/** A gateway under test, run in this process with a data plane made of node:http. */
export interface TestGateway {
  readonly supervisor: Supervisor
  readonly folder: string
  readonly file: string
  readonly events: readonly MainEvent[]
  /** Port of a listener as the ready event told it. */
  readonly port: (listener?: string) => number
  write(config: TestConfig): Promise<void>
  /** The next event of a kind, or one that has come since the last call for that kind. */
  event<K extends MainEvent['kind']>(kind: K): Promise<EventOf<K>>
  ask(path: string, agent?: Agent): Promise<Answer>
}
export interface Answer {
  readonly status: number
  readonly body: string
  readonly worker: string
}

export const oneListener = { main: {} } as const

/** Asks a port on 127.0.0.1; rejects when the connection fails or is cut. */
export const ask = (port: number, path: string, agent?: Agent): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = get(
      { host: '127.0.0.1', port, path, ...(agent === undefined ? { agent: false } : { agent }) },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, worker: body.split(' ').at(-1) ?? '' }),
        )
      },
    )
    request.on('error', reject)
  })

/** Prepares a gateway with a configuration file in a folder of its own; everything ends with the test. */
export async function prepareGateway(
  t: TestContext,
  config: TestConfig,
  options: Partial<SupervisorOptions> = {},
): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'gwanmun-threads-'))
  const file = join(folder, 'gateway.json')
  const write = (config: TestConfig): Promise<void> => writeFile(file, JSON.stringify(config))
  await write(config)
  const events: MainEvent[] = []
  const taken = new Set<MainEvent>()
  const waiting: (() => void)[] = []
  const fixture = (name: string): URL => new URL(`fixtures/${name}.ts`, import.meta.url)
  const supervisor = createSupervisor(
    {
      mode: 'start',
      load: { file },
      configFile: file,
      watch: false,
      workers: 2,
      state: join(folder, 'state'),
      terminal: false,
      version: 'test',
      ...options,
    },
    {
      files: { worker: fixture('worker'), control: fixture('control'), compiler: fixture('compiler') },
      createMemory: createSharedMemory,
      patience: { compile: 3_000, prepare: 2_000 },
      emit: (event) => {
        events.push(event)
        for (const wake of waiting.splice(0)) wake()
      },
    },
  )
  t.after(async () => {
    await supervisor.stop('test', { delay: 0, timeout: 0 }).done
    await rm(folder, { recursive: true, force: true })
  })
  const port = (listener = 'main'): number => {
    const ready = events.find((event) => event.kind === 'ready')
    return ready?.listeners.find(({ name }) => name === listener)?.port ?? 0
  }
  return {
    supervisor,
    folder,
    file,
    events,
    port,
    write,
    event: async (kind) => {
      for (;;) {
        const found = events.find((event) => event.kind === kind && !taken.has(event))
        if (found !== undefined) {
          taken.add(found)
          return found as EventOf<typeof kind>
        }
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    ask: (path, agent) => ask(port(), path, agent),
  }
}

/** The same, started. */
export async function startGateway(
  t: TestContext,
  config: TestConfig,
  options: Partial<SupervisorOptions> = {},
): Promise<TestGateway> {
  const gateway = await prepareGateway(t, config, options)
  await gateway.supervisor.start()
  return gateway
}

/** What a load came to. */
export interface LoadReport {
  readonly answered: number
  readonly failures: readonly string[]
  readonly workers: ReadonlySet<string>
}

/** Keeps asking on `connections` at once until `stop` is called; each request on a new connection unless `keepAlive`. */
export function startLoad(
  port: () => number,
  path: string,
  connections: number,
  keepAlive = false,
): { stop(): Promise<LoadReport> } {
  const agent = new Agent({ keepAlive, maxSockets: connections })
  const failures: string[] = []
  const workers = new Set<string>()
  let answered = 0
  const life = { stopped: false }
  const one = async (): Promise<void> => {
    while (!life.stopped) {
      try {
        const { status, body, worker } = await ask(port(), path, agent)
        if (status === 200) answered++
        else failures.push(`${status} ${body}`)
        workers.add(worker)
      } catch (error) {
        failures.push(
          error instanceof Error ? `${(error as NodeJS.ErrnoException).code} ${error.message}` : String(error),
        )
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
  }
  const all = Promise.all(Array.from({ length: connections }, one))
  return {
    stop: async () => {
      life.stopped = true
      await all
      agent.destroy()
      return { answered, failures, workers }
    },
  }
}
