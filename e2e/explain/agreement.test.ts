import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import * as fc from 'fast-check'
import type { ExplainResult, InnerRequest, InnerResponse } from '../../src/contract/data-plane.ts'
import { ConfigError, createGateway, type Gateway } from '../../src/gateway.ts'
import { configs, requests } from './random-gateway.ts'

/** What targets got: their own URL, and method, path and query as they stood on the wire. */
const seen: { readonly target: string; readonly sends: string }[] = []
const servers: Server[] = []
const urls: string[] = []

before(async () => {
  for (let i = 0; i < 3; i++) {
    const server = createServer((request, response) => {
      seen.push({ target: urls[i] as string, sends: `${request.method ?? ''} ${request.url ?? ''}` })
      request.resume()
      request.on('end', () => response.writeHead(299).end('from the target'))
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    servers.push(server)
    urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  }
})
after(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

const codeOf = (answer: InnerResponse): string | undefined =>
  answer.headers['content-type'] === 'application/problem+json' && answer.body.length > 0
    ? (answer.json() as { code: string }).code
    : undefined

/** What is known of an answer without having asked anybody. */
const told = (explained: ExplainResult, method: string): unknown =>
  explained.source === 'service'
    ? {
        route: explained.route,
        target: explained.target?.replace(/\/base\/path$/, ''),
        sends: explained.sends,
        status: 299,
      }
    : {
        route: explained.route,
        target: undefined,
        sends: undefined,
        status: explained.status,
        code: method === 'HEAD' ? undefined : explained.code,
      }

const happened = (answer: InnerResponse, explained: ExplainResult, method: string): unknown => {
  const got = seen.at(-1)
  // A refusal before any route was chosen carries no word of one.
  const route = answer.headers['x-route']
  return got === undefined
    ? {
        route,
        target: undefined,
        sends: undefined,
        status: answer.status,
        code: method === 'HEAD' || explained.code === undefined ? undefined : codeOf(answer),
      }
    : { route, ...got, status: answer.status }
}

const compare = async (gateway: Gateway, request: InnerRequest): Promise<NonNullable<ExplainResult['source']>> => {
  seen.length = 0
  const explained = await gateway.explain(request)
  assert.equal(seen.length, 0, 'explaining sends nothing')
  const answer = await gateway.inject(request)
  assert.ok(seen.length <= 1)
  assert.deepEqual(
    told(explained, request.method),
    happened(answer, explained, request.method),
    JSON.stringify({ request, explained }, undefined, 1),
  )
  return explained.source ?? 'gateway'
}

test(
  'D10 of 10,000 random requests over random configurations, explain tells status, route, target and what it gets',
  { timeout: 120_000 },
  async () => {
    const counts = { service: 0, handler: 0, gateway: 0 }
    let refused = 0
    await fc.assert(
      fc.asyncProperty(
        configs(urls as [string, string, string]),
        fc.array(requests, { minLength: 50, maxLength: 50 }),
        async (config, asked) => {
          let gateway: Gateway
          try {
            gateway = await createGateway({ config })
          } catch (error) {
            // Some of them shadow a route, or name something that the action cannot have.
            if (!(error instanceof ConfigError)) throw error
            refused++
            return fc.pre(false)
          }
          try {
            for (const request of asked) counts[await compare(gateway, request)]++
          } finally {
            await gateway.close(0)
          }
        },
      ),
      { numRuns: 200, maxSkipsPerRun: 20 },
    )
    assert.ok(counts.service + counts.gateway >= 10_000, `${counts.service + counts.gateway} requests`)
    assert.ok(
      counts.service > 1_000 && counts.gateway > 1_000,
      `both kinds were met: ${JSON.stringify(counts)}, ${refused} configurations refused`,
    )
  },
)
