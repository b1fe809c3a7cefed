import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { echoService, folder, root, startGateway } from '../cli/command.ts'

interface Loaded {
  readonly url: string
  readonly thread: string
}

/** Rooms that a data worker must not load, and why it would be noticed late. */
const forbidden = ['config', 'admin', 'cli', 'discovery']

test('a running worker has loaded no control room, no schema and no npm package', async (t) => {
  const app = await echoService(t, 'app')
  const cwd = folder(t, {
    'gateway.yaml': `services:\n  app: ${app.url}\ndefaults: { cors: true, securityHeaders: true }\nroutes:\n  app: { path: /*, service: app, compress: true, headers: { request: { set: { X-A: '{request.id}' } } } }\n`,
  })
  const record = join(cwd, 'modules.jsonl')
  const gateway = await startGateway(t, join(cwd, 'gateway.yaml'), {
    cwd,
    env: {
      MODULE_RECORD: record,
      NODE_OPTIONS: `--import=${join(root, 'e2e/modules/record-modules.ts')} --disable-warning=ExperimentalWarning`,
    },
  })
  // A request first, so that what is loaded late is loaded.
  assert.equal((await fetch(`${gateway.url}/x`)).status, 200)
  await fetch(`${gateway.admin}/metrics`)

  const loaded = readFileSync(record, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Loaded)
  const threads = new Map<string, Set<string>>()
  for (const { url, thread } of loaded) threads.set(thread, (threads.get(thread) ?? new Set()).add(url))
  const workers = [...threads].filter(([, urls]) => [...urls].some((url) => url.endsWith('/src/worker.ts')))
  assert.equal(workers.length, 1, `threads: ${[...threads.keys()].join(', ')}`)
  const modules = [...(workers[0]?.[1] ?? [])]
  assert.ok(
    modules.some((url) => url.includes('/src/http1/')),
    'the record holds the data path',
  )

  assert.deepEqual(
    modules.filter((url) => url.includes('/node_modules/')),
    [],
    'npm packages',
  )
  assert.deepEqual(
    modules.filter((url) => forbidden.some((room) => url.includes(`/src/${room}/`))),
    [],
    'control rooms',
  )
  assert.deepEqual(
    modules.filter((url) => url.endsWith('/options.ts') || url.endsWith('/lib/schema.ts')),
    [],
    'schemas of policies',
  )
  // Policies that are not configured cost nothing, not even their loading.
  assert.deepEqual(
    modules.filter((url) => /\/src\/policies\/(?:deny|allow|rewrite|cookies)\//.test(url)),
    [],
    'policies nobody configured',
  )

  const main = [...(threads.get('main') ?? [])]
  assert.deepEqual(
    main.filter((url) => url.includes('/node_modules/') && !url.includes('/node_modules/commander/')),
    [],
    'main loads no npm package but the parser of its command line',
  )
  assert.deepEqual(
    main.filter((url) => url.includes('/src/config/')),
    [],
    'main reads no configuration itself',
  )
})
