import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PolicyCost } from './policies.ts'
import { interval } from './report.ts'
import type { Estimate } from './statistics.ts'

const page = join(import.meta.dirname, '../docs/reference/costs.md')
const rowPattern = /^\| `([^`]+)` \|/

function row(cost: PolicyCost, ratio: Estimate): string {
  const seen = ratio.low > 1 || ratio.high < 1 ? '' : ' (cannot be told from 1)'
  const config = cost.with.trim() + (cost.without === undefined ? '' : `\` against \`${cost.without.trim()}`)
  return `| \`${cost.name}\` | ${interval(ratio, '×')}${seen} | ${ratio.count} | \`${config.replaceAll('|', '\\|')}\` | ${cost.load === 'get' ? 'small GET' : 'POST 1 KB, answer 16 KB'} |`
}

/** The page with these ratios; rows of policies that were not measured now stay as they stood. */
export function costsPage(
  found: readonly { readonly cost: PolicyCost; readonly ratio: Estimate }[],
  order: readonly string[],
  old = '',
): string {
  const rows = new Map<string, string>()
  for (const line of old.split('\n')) {
    const name = rowPattern.exec(line)?.[1]
    if (name !== undefined) rows.set(name, line)
  }
  for (const { cost, ratio } of found) rows.set(cost.name, row(cost, ratio))
  return `# What each policy costs

Written by \`npm run bench policies\`; do not edit. CPU time of a request with the policy ÷ without it, both configs measured in one
process that is switched from one to the other by reload, A B B A …; the median of the pairs with its 95 % interval. A policy that
is not configured costs nothing.

| policy | × of a request | pairs | measured with | under |
| --- | --- | --- | --- | --- |
${order.flatMap((name) => rows.get(name) ?? []).join('\n')}
`
}

/** Writes the docs page. */
export function writeCostsPage(
  found: readonly { readonly cost: PolicyCost; readonly ratio: Estimate }[],
  order: readonly string[],
): void {
  mkdirSync(join(page, '..'), { recursive: true })
  writeFileSync(page, costsPage(found, order, existsSync(page) ? readFileSync(page, 'utf8') : ''))
}
