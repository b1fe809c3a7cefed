import { jsonText } from './json-text.ts'
import { cliPage, environmentPage } from './cli-page.ts'
import { configPages } from './config-pages.ts'
import { errorPages } from './error-pages.ts'
import { headersPage } from './headers-page.ts'
import { policyPages } from './policy-pages.ts'
import { adminReference } from '../../src/admin/reference.ts'
import { logFieldsReference, metricsReference } from '../../src/telemetry/reference.ts'
import { configSchema } from '../../src/checker.ts'
import { checkSchema } from '../../src/cli/report/check-schema.ts'

/** Every file that the generator makes, by its path in the repository. */
export const generated = async (): Promise<Map<string, string>> => {
  const pages = new Map<string, string>([
    ...configPages(),
    ...(await policyPages()),
    ...errorPages(),
    ['docs/reference/cli.md', cliPage()],
    ['docs/reference/environment.md', environmentPage()],
    ['docs/reference/headers.md', headersPage()],
    ['docs/reference/admin-api.md', adminReference()],
    ['docs/reference/metrics.md', metricsReference()],
    ['docs/reference/log-fields.md', logFieldsReference()],
    ['schema/gateway.schema.json', jsonText(configSchema())],
    ['schema/check.schema.json', jsonText(checkSchema)],
  ])
  return new Map([...pages].map(([path, text]) => [path, `${text.trimEnd()}\n`]))
}
