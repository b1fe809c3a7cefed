import { readFileSync } from 'node:fs'
import type { Place, PolicyDefinition, PolicyOptions } from '../../src/contract/policy.ts'
import { policyDefinitions } from '../../src/policies/definitions.ts'
import { policyOptions } from '../../src/policies/options.ts'
import { keyTable, typeText } from './grammar-text.ts'
import { madeFrom, table } from './markdown-table.ts'

const places: Readonly<Record<Place, string>> = {
  G: '`global`, `listeners.<name>.global`',
  R: 'routes, `defaults`, bundles',
  S: 'services',
  P: 'plans, consumers',
  A: 'parts of an aggregate',
}
const merges = {
  entries: 'Merges entry by entry over the levels.',
  append: 'Appends: what is farther goes first.',
} as const
const dry = {
  pure: 'runs it as it is',
  peek: 'runs it on read-only state',
  unknown: 'only describes it',
} as const

const bodyText = (definition: PolicyDefinition<never>): string | undefined => {
  const { body } = definition
  if (body === undefined) return undefined
  const uses = Object.entries(body).map(([side, use]) => `${side}: ${use}`)
  return uses.length === 0 ? undefined : uses.join(', ')
}

/** The whole configuration beside the policy, which its tests check. */
const exampleOf = (name: string): string =>
  readFileSync(new URL(`../../src/policies/${name}/example.yaml`, import.meta.url), 'utf8').trimEnd()

const page = async (options: PolicyOptions): Promise<string> => {
  const load = policyDefinitions[options.name]
  const definition = load === undefined ? undefined : ((await load()) as PolicyDefinition<never>)
  const body = definition === undefined ? undefined : bodyText(definition)
  const rows = [
    ['kind', options.kind === 'guard' ? 'guard: may refuse' : 'setting: says how'],
    ['may stand at', options.at.map((place) => places[place]).join(' · ')],
    ...(definition === undefined
      ? []
      : [
          ['stage', definition.stage],
          ['explain', dry[definition.dry]],
        ]),
    ...(body === undefined ? [] : [['reads bodies', body]]),
    ...(options.merge === undefined ? [] : [['levels', merges[options.merge]]]),
    ['written', typeText(options.schema.node)],
  ]
  const keys = keyTable(options.schema.node)
  return `${madeFrom(`src/policies/${options.name}/options.ts`)}# ${options.name}

${options.summary}

${table(['', ''], rows)}
${keys === '' ? '' : `\n${keys}\n`}
\`\`\`yaml
${exampleOf(options.name)}
\`\`\`

The order of all policies: [how a request travels](../../explanation/how-a-request-travels.md).
`
}

/** `docs/reference/policies`: an index and one page a policy. */
export const policyPages = async (): Promise<Map<string, string>> => {
  const rows = policyOptions.map((one) => [
    `[\`${one.name}\`](${one.name}.md)`,
    one.kind,
    one.at.join(' '),
    one.summary,
  ])
  const pages = new Map<string, string>()
  pages.set(
    'docs/reference/policies/README.md',
    `${madeFrom('src/policies')}# Policies

A policy is a key; the same key with the same value means the same on a route, in \`defaults\`, in a bundle and in
\`global\`. Where it is written says whom it holds for; the order in which policies run is fixed.

${table(['policy', 'kind', 'at', ''], rows)}

**G** \`global\`, \`listeners.<name>.global\` · **R** routes, \`defaults\`, bundles · **S** services ·
**P** plans and consumers, **A** parts of an aggregate: both come in later versions. \`none\` switches a policy off.
`,
  )
  for (const one of policyOptions) pages.set(`docs/reference/policies/${one.name}.md`, await page(one))
  return pages
}
