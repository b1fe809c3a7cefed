import { errors, type ErrorCode } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'
import { shapes } from './shapes.ts'

const schemaOf = (name: string): unknown => ({ $ref: `#/components/schemas/${name}` })
const problemContent = { 'application/problem+json': { schema: schemaOf('Problem') } }

const requestBody = (endpoint: Endpoint): unknown => {
  if (endpoint.body === undefined) return undefined
  const config = { schema: { type: 'object', additionalProperties: true } }
  const content =
    endpoint.body === 'config'
      ? { 'application/yaml': config, 'application/json': config }
      : { 'application/json': { schema: endpoint.body } }
  return { required: true, content }
}

const parametersIn = (place: 'path' | 'query', declared: Endpoint['query']): unknown[] =>
  Object.entries(declared ?? {}).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path',
    description,
    schema,
  }))

const responses = (endpoint: Endpoint): Record<string, unknown> => {
  const good =
    typeof endpoint.gives === 'string'
      ? { 'application/json': { schema: schemaOf(endpoint.gives) } }
      : { [endpoint.gives.type]: { schema: { type: 'string' } } }
  const codes: ErrorCode[] = [...((endpoint.refuses ?? []) as ErrorCode[])]
  if (endpoint.body !== undefined)
    codes.push('GW4151', 'GW4131', ...(endpoint.body === 'config' ? [] : (['GW4007'] as const)))
  codes.push('GW4211', 'GW4031')
  if (endpoint.scope !== 'none') codes.push('GW4011', 'GW4292')
  const byStatus = new Map<number, string[]>()
  for (const code of codes) {
    const { status, title } = errors[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), `${code} ${title}`])
  }
  const refused = [...byStatus].map(
    ([status, words]) => [String(status), { description: words.join('; '), content: problemContent }] as const,
  )
  return { 200: { description: endpoint.says, content: good }, ...Object.fromEntries(refused) }
}

/** The OpenAPI 3.1 document of the endpoints, made from the schemas that check their bodies. */
export const openApi = (endpoints: readonly Endpoint[], version: string): unknown => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const item = (paths[endpoint.path] ??= {})
    const parameters = [...parametersIn('path', endpoint.params), ...parametersIn('query', endpoint.query)]
    item[endpoint.method.toLowerCase()] = {
      operationId: endpoint.id,
      summary: endpoint.says,
      ...(endpoint.scope === 'none' ? { security: [] } : { security: [{ token: [] }, {}], 'x-scope': endpoint.scope }),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(endpoint.body === undefined ? {} : { requestBody: requestBody(endpoint) }),
      responses: responses(endpoint),
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'gwanmun admin API', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: shapes,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Needed when tokens are configured, and always when the address is not loopback.',
        },
      },
    },
  }
}
