import type { AdminPorts, CheckAnswer, ReloadAnswer } from '../contract/admin.ts'
import type { ExplainRequest } from '../contract/data-plane.ts'
import { type Answer, json, problem } from './answer.ts'
import type { Endpoint, Question } from './endpoint.ts'
import { openApi } from './open-api.ts'
import { pastRequest } from './past-request.ts'
import { emptyBody, explainBody, replaceBody } from './shapes.ts'
import { statusPage } from './status-page.ts'

const checked = ({ hash, diagnostics }: CheckAnswer): Answer => {
  const errors = diagnostics.filter((one) => one.severity === 'error').length
  return json({
    ok: errors === 0,
    errors,
    warnings: diagnostics.length - errors,
    ...(errors === 0 ? { hash } : {}),
    diagnostics,
  })
}

const loaded = (outcome: ReloadAnswer): Answer => {
  const { ok, hash, changed, diagnostics, ms, reason } = outcome
  if (ok) return json({ ok, hash, changed, diagnostics, ms })
  return problem('GW4221', reason, { hash, diagnostics, ms })
}

const names = (list: string | undefined, etag: string): boolean =>
  list !== undefined && list.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag)

const readConfig = async (ports: AdminPorts, { ifNoneMatch, query }: Question): Promise<Answer> => {
  const origin = query.get('origin') ?? 'false'
  if (origin !== 'true' && origin !== 'false') return problem('GW4007', 'origin is true or false.')
  const etag = `"${ports.configHash()}"`
  if (names(ifNoneMatch, etag)) return { status: 304, type: '', body: '', headers: { ETag: etag } }
  const shown = await ports.config()
  if (shown === undefined) return problem('GW4093')
  const { hash, config, origins } = shown
  return json(origin === 'true' ? { config, origins } : config, 200, { ETag: `"${hash}"` })
}

const writeConfig = async (ports: AdminPorts, { text, ifMatch }: Question): Promise<Answer> => {
  if (ports.applyConfig === undefined) return problem('GW4092')
  if (ifMatch !== undefined && !names(ifMatch, `"${ports.configHash()}"`)) return problem('GW4121')
  return loaded(await ports.applyConfig(text))
}

const readiness = (ports: AdminPorts): Answer => {
  const { state, stale } = ports.ready()
  const config = stale ? 'stale' : 'current'
  if (state === 'ready') return json({ status: 'ready', config })
  return problem(state === 'draining' ? 'GW5034' : 'GW5035', undefined, { state, config })
}

/** Every endpoint of the admin API. */
export const endpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/',
    id: 'statusPage',
    scope: 'read',
    says: 'The same as /v1/info and /v1/workers, for people.',
    gives: { type: 'text/html' },
    answer: async (ports) => statusPage(await ports.info(), await ports.workers()),
  },
  {
    method: 'GET',
    path: '/healthz',
    id: 'health',
    scope: 'none',
    says: 'Whether the process lives.',
    gives: 'Health',
    answer: () => json({ status: 'ok' }),
  },
  {
    method: 'GET',
    path: '/readyz',
    id: 'readiness',
    scope: 'none',
    says: 'Whether it takes requests; 503 while starting and draining.',
    gives: 'Ready',
    refuses: ['GW5034', 'GW5035'],
    answer: readiness,
  },
  {
    method: 'GET',
    path: '/metrics',
    id: 'metrics',
    scope: 'read',
    says: 'Prometheus text.',
    gives: { type: 'text/plain' },
    answer: async (ports) => ({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: await ports.metrics(),
    }),
  },
  {
    method: 'GET',
    path: '/openapi.json',
    id: 'openApi',
    scope: 'read',
    says: 'This document.',
    gives: 'OpenApi',
    answer: async (ports) => json(openApi(endpoints, (await ports.info()).version)),
  },
  {
    method: 'GET',
    path: '/v1/info',
    id: 'readInfo',
    scope: 'read',
    says: 'Version, state, configuration, listeners, services.',
    gives: 'Info',
    answer: async (ports) => json(await ports.info()),
  },
  {
    method: 'GET',
    path: '/v1/workers',
    id: 'listWorkers',
    scope: 'read',
    says: 'The workers and how they fare.',
    gives: 'Workers',
    answer: async (ports) => json({ workers: await ports.workers() }),
  },
  {
    method: 'POST',
    path: '/v1/workers/replace',
    id: 'replaceWorkers',
    scope: 'write:runtime',
    says: 'Replaces one worker, or all, without losing a request.',
    body: replaceBody,
    gives: 'Workers',
    refuses: ['GW5035'],
    answer: async (ports, { value }) => {
      if (ports.replaceWorkers === undefined) return problem('GW5035', 'This gateway has no workers to replace.')
      return json({ workers: await ports.replaceWorkers((value as { readonly worker?: number }).worker) })
    },
  },
  {
    method: 'GET',
    path: '/v1/config',
    id: 'readConfig',
    scope: 'read',
    says: 'The configuration in force with every default, as it could be written. What comes from the environment or a file stands as its reference, and literal secrets are masked. ETag is its hash.',
    query: {
      origin: { type: 'boolean', description: 'Answers `{ config, origins }`: file and line of every value, by path.' },
    },
    gives: 'Config',
    refuses: ['GW4007', 'GW4093'],
    answer: readConfig,
  },
  {
    method: 'PUT',
    path: '/v1/config',
    id: 'writeConfig',
    scope: 'write:config',
    says: 'Puts a whole configuration in force, unless it belongs to a file.',
    body: 'config',
    gives: 'Reload',
    refuses: ['GW4092', 'GW4121', 'GW4221'],
    answer: writeConfig,
  },
  {
    method: 'GET',
    path: '/v1/config/schema',
    id: 'readConfigSchema',
    scope: 'read',
    says: 'JSON Schema of the configuration.',
    gives: 'ConfigSchema',
    answer: async (ports) => json(await ports.configSchema()),
  },
  {
    method: 'POST',
    path: '/v1/config/check',
    id: 'checkConfig',
    // What is checked is read as if it were to run: files and code it names are opened and imported.
    scope: 'write:config',
    says: 'Checks a configuration; nothing changes.',
    body: 'config',
    gives: 'Check',
    answer: async (ports, { text }) => checked(await ports.checkConfig(text)),
  },
  {
    method: 'POST',
    path: '/v1/reload',
    id: 'reload',
    scope: 'write:config',
    says: 'Reads the file again; a bad one changes nothing.',
    body: emptyBody,
    gives: 'Reload',
    refuses: ['GW4221'],
    answer: async (ports) => loaded(await ports.reload()),
  },
  {
    method: 'POST',
    path: '/v1/explain',
    id: 'explain',
    scope: 'read',
    says: 'What would happen to a request; nothing is sent.',
    body: explainBody,
    gives: 'Explanation',
    answer: async (ports, { value }) => {
      const asked = value as Partial<ExplainRequest> & Pick<ExplainRequest, 'method' | 'url'>
      const headers = asked.headers ?? []
      if (headers.length % 2 !== 0) return problem('GW4007', 'the body.headers has a name without a value')
      const { listener } = asked
      if (listener !== undefined && !(await ports.info()).listeners.some(({ name }) => name === listener))
        return problem('GW4007', 'the body.listener names no listener')
      return json(await ports.explain({ ...asked, headers }))
    },
  },
  {
    method: 'GET',
    path: '/v1/requests/{id}',
    id: 'readRequest',
    scope: 'read',
    says: 'A request that is over: its access record, what its code means, and what would happen to it today; nothing is sent. Control keeps the latest 1,000 records, at most 1 MiB of them, from its own start on; what the access log leaves out is not there.',
    params: {
      id: { type: 'string', description: 'The value of `X-Request-Id`; of several with this id, the latest.' },
    },
    gives: 'PastRequest',
    refuses: ['GW4043'],
    answer: async (ports, { params }) => {
      const past = await pastRequest(ports, params['id'] ?? '')
      return past === undefined ? problem('GW4043') : json(past)
    },
  },
]
