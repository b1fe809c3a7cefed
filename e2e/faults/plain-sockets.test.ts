import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a Node whose private handle was not tried would run; a process decides at its start which sockets it uses. */
const run = (...args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const options = { cwd: root, env: { ...env, GWANMUN_PLAIN_SOCKETS: '1' }, timeout: 120_000 }
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error === null) resolve()
      else reject(new Error(`${error.message}\n${stdout}${stderr}`))
    })
  })

describe('on a Node whose private socket handle was not tried', () => {
  test('sockets are used by their public interface', async () => {
    await run('-e', `import('./src/http1/direct-wire.ts').then(({ areDirect }) => process.exit(areDirect ? 1 : 0))`)
  })

  for (const path of [
    'src/http1/server-connection.test.ts',
    'src/http1/server-timeouts.test.ts',
    'src/http1/service-connection.test.ts',
    'src/http1/unread-answers.test.ts',
    'e2e/faults/streams.test.ts',
    'e2e/fuzz/poisoned-buffers.test.ts',
    'e2e/websocket/ends.test.ts',
  ])
    test(`everything holds that ${path} says`, async () => {
      await run(path)
    })
})
