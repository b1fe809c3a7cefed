import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createSharedMemory } from '../../src/main.ts'
import type { MainEvent } from '../../src/threads/events.ts'
import type { Supervisor } from '../../src/threads/supervision.ts'
import { createSupervisor } from '../../src/threads/supervisor.ts'
import { threadFile } from '../../src/threads/thread-file.ts'

/** The whole gateway with its real threads, supervised by this process. */
export interface RealGateway {
  readonly supervisor: Supervisor
  readonly folder: string
  readonly events: readonly MainEvent[]
  readonly port: (name?: string) => number
  readonly adminPort: () => number
  write(yaml: string): Promise<void>
}

/** Starts it on a configuration in a folder of its own; everything ends with the test. */
export async function startReal(
  t: TestContext,
  yaml: string,
  files: Readonly<Record<string, string>> = {},
): Promise<RealGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'gwanmun-real-'))
  const write = (yaml: string): Promise<void> => writeFile(join(folder, 'gateway.yaml'), yaml)
  await write(yaml)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const events: MainEvent[] = []
  const supervisor = createSupervisor(
    {
      mode: 'start',
      load: { cwd: folder, file: 'gateway.yaml', mode: 'start' },
      configFile: join(folder, 'gateway.yaml'),
      watch: false,
      workers: 2,
      state: join(folder, 'state'),
      terminal: true,
      version: 'test',
    },
    {
      files: { worker: threadFile('worker'), control: threadFile('control'), compiler: threadFile('compiler') },
      createMemory: createSharedMemory,
      emit: (event) => events.push(event),
    },
  )
  t.after(async () => {
    await supervisor.stop('test', { delay: 0, timeout: 0 }).done
    await rm(folder, { recursive: true, force: true })
  })
  try {
    await supervisor.start()
  } catch (error) {
    throw new Error(JSON.stringify(events), { cause: error })
  }
  const ready = events.find((event) => event.kind === 'ready')
  return {
    supervisor,
    folder,
    events,
    port: (name = 'main') => ready?.listeners.find((one) => one.name === name)?.port ?? 0,
    adminPort: () => ready?.admin?.port ?? 0,
    write,
  }
}
