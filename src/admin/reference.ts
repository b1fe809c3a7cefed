import { errors, type ErrorCode } from '../errors.ts'
import type { BodySchema } from './body-schema.ts'
import { endpoints } from './endpoints.ts'
import type { Endpoint } from './endpoint.ts'
import { bodyLimit, shortBodyLimit } from './request-body.ts'
import { shapes } from './shapes.ts'

const kind = (schema: BodySchema): string => {
  if (schema.$ref !== undefined) return `\`${schema.$ref.split('/').at(-1)}\``
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : kind(schema.items)}`
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ')
  return schema.type ?? 'anything'
}

const members = (schema: BodySchema): string => {
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const needed = schema.required?.includes(name) === true ? '' : ' (may be absent)'
    return `| \`${name}\` | ${kind(member)} | ${member.description ?? ''}${needed} |`
  })
  return rows.length === 0
    ? (schema.description ?? 'Nothing.')
    : ['| member | kind | says |', '| --- | --- | --- |', ...rows].join('\n')
}

const section = (endpoint: Endpoint): string => {
  const takes =
    endpoint.body === undefined
      ? ''
      : endpoint.body === 'config'
        ? '\nTakes a whole configuration as `application/yaml` or `application/json`.\n'
        : `\nTakes \`application/json\`:\n\n${members(endpoint.body)}\n`
  const asks = [
    ...Object.entries(endpoint.params ?? {}).map(([name, schema]) => [`{${name}}`, schema] as const),
    ...Object.entries(endpoint.query ?? {}).map(([name, schema]) => [`?${name}=`, schema] as const),
  ]
    .map(([name, schema]) => `\n\`${name}\` (${kind(schema)}): ${schema.description ?? ''}\n`)
    .join('')
  const gives = typeof endpoint.gives === 'string' ? `\`${endpoint.gives}\`` : `\`${endpoint.gives.type}\``
  const refuses = (endpoint.refuses ?? []).map((code) => `${code} (${errors[code as ErrorCode].status})`).join(', ')
  return `## ${endpoint.method} ${endpoint.path}

${endpoint.says} Scope: \`${endpoint.scope}\`. Answers ${gives}.${refuses === '' ? '' : ` May refuse with ${refuses}.`}
${asks}${takes}`
}

/** `docs/reference/admin-api.md`, made from the table of endpoints and the schemas that check their bodies. */
export const adminReference = (): string => `# Admin API

The same as \`GET /openapi.json\` of a running gateway, for reading.

- It listens on \`127.0.0.1:9901\` unless \`admin\` says otherwise. Elsewhere than on loopback, and wherever tokens are
  configured, every request but those with scope \`none\` needs \`Authorization: Bearer\`; a token has scopes \`read\`,
  \`write:config\`, \`write:runtime\`, or \`admin\` for all. Wrong tokens cost pauses (GW4292).
- On loopback \`Host\` must be an address or \`localhost\` (GW4211); requests from other sites are refused (GW4031).
- Bodies need their \`Content-Type\` (GW4151), even empty ones. A configuration is at most
  ${bodyLimit / 1024 / 1024} MB, any other body ${shortBodyLimit / 1024} KB (GW4131); a request has 20 s to arrive whole.
- \`HEAD\` is \`GET\` without a body; \`OPTIONS\` names the methods of a path; \`GET\` changes nothing.
- Refusals are \`application/problem+json\` with a code, a detail and a fix.

${endpoints.map(section).join('\n')}
## Shapes

${Object.entries(shapes)
  .map(([name, shape]) => `### ${name}\n\n${members(shape)}\n`)
  .join('\n')}`
