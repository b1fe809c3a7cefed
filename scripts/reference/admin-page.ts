import { endpoints } from '../../src/admin/endpoints.ts'
import { openApi } from '../../src/admin/open-api.ts'
import { packageVersion } from '../../src/version.ts'
import { madeFrom, table } from './markdown-table.ts'

interface Operation {
  readonly summary: string
  readonly 'x-scope'?: string
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}

/** `docs/reference/admin-api.md`, from the OpenAPI document. */
export const adminPage = (): string => {
  const document = openApi(endpoints, packageVersion()) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }
  const rows = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      `\`${method.toUpperCase()} ${path}\``,
      operation['x-scope'] === undefined ? 'no token' : `\`${operation['x-scope']}\``,
      operation.summary,
      Object.entries(operation.responses)
        .filter(([status]) => status !== '200')
        .map(([status, { description }]) => `${status}: ${description}`)
        .join('. '),
    ]),
  )
  return `${madeFrom('the OpenAPI document of src/admin')}# Admin API

It listens at \`http://127.0.0.1:9901\` unless [\`admin\`](config/admin.md) says otherwise; \`GET /openapi.json\` is the whole
document. On loopback no token is needed; elsewhere send \`Authorization: Bearer TOKEN\`. Bodies are JSON, configurations
may be YAML; the content type must say so. Errors are \`application/problem+json\` with a [code](errors/README.md).

${table(['', 'scope', '', 'refuses'], rows)}

\`\`\`sh
curl -s http://127.0.0.1:9901/v1/info
curl -s http://127.0.0.1:9901/v1/explain -H 'Content-Type: application/json' -d '{"method":"GET","url":"/orders/1"}'
curl -s http://127.0.0.1:9901/v1/config/check -H 'Content-Type: application/yaml' --data-binary @gateway.yaml
\`\`\`
`
}
