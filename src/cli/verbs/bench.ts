import type { ExplainResult } from '../../contract/data-plane.ts'
import { createAdminClient } from '../admin-client.ts'
import type { LoadSummary } from '../bench/summary.ts'
import { exit, Stop, type ExitCode } from '../exit.ts'
import { duration, flag, integer, repeated, text } from '../flag.ts'
import { folderAdmin } from '../folder-admin.ts'
import type { GlobalFlags } from '../global-flags.ts'
import { headerPair } from '../header-pair.ts'
import { columns } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { defineVerb, type Verb } from '../verb.ts'

interface Subject {
  readonly gateway: URL
  readonly direct: URL | undefined
  readonly route: string | undefined
  readonly policies: readonly string[]
}

const parseUrl = (written: string, what: string): URL => {
  const url = URL.parse(written)
  if (url === null || url.protocol !== 'http:') throw new Stop(exit.usage, `${what} "${written}" is no http URL`)
  return url
}

/** Where the gateway is and where it would send the path. */
const subjectOf = async (
  path: string,
  url: string | undefined,
  global: GlobalFlags,
  terminal: Terminal,
): Promise<Subject> => {
  const { readConfig, explainOffline } = await import('../engine.ts')
  const request = { method: 'GET', url: path, headers: [] }
  const base = url === undefined ? undefined : parseUrl(url, '--url')
  const admin = await folderAdmin(global, terminal)
  const answer = await createAdminClient(admin, process.env['GWANMUN_TOKEN'], 3000).ask('POST', '/v1/explain', request)
  const { snapshot } = await readConfig(global)
  let explained = answer?.status === 200 ? (answer.body as ExplainResult) : undefined
  if (explained === undefined && snapshot !== undefined) explained = await explainOffline(snapshot, request)
  const port = snapshot?.listeners.find((one) => one.socket === undefined && one.redirect === undefined)?.port ?? 8080
  if (explained === undefined) terminal.say('No configuration and no admin API here: only the gateway is measured.')
  const target = explained?.target
  const sent = explained?.sends?.split(' ')[1] ?? path
  // What is hidden in an explanation cannot be sent.
  const isWhole = !/\*\*\*|\$\{/.test(`${target} ${sent}`)
  return {
    gateway: new URL(path, base ?? `http://127.0.0.1:${port}`),
    direct: isWhole && target?.startsWith('http://') === true ? new URL(sent, target) : undefined,
    route: explained?.route,
    policies: [...new Set((explained?.steps ?? []).map((step) => step.name))],
  }
}

const measure = async (
  url: URL,
  connections: number,
  time: number,
  headers: readonly (readonly [string, string])[],
): Promise<LoadSummary> => {
  const { load } = await import('../bench/load.ts')
  const { summarize } = await import('../bench/summary.ts')
  const { addressOf, requestBytes } = await import('../bench/request.ts')
  const request = requestBytes(url.host, `${url.pathname}${url.search}`, headers)
  const summary = summarize(await load({ ...addressOf(url), request, connections, duration: time }))
  if (summary.requests === 0)
    throw new Stop(exit.failure, `nothing answers at ${url.origin}`, 'Start the gateway first: gwanmun start')
  return summary
}

const table = async (gateway: LoadSummary, direct: LoadSummary | undefined): Promise<string[]> => {
  const { formatMs } = await import('../bench/summary.ts')
  const row = (name: string, one: LoadSummary): string[] => [
    name,
    one.perSecond.toFixed(0),
    formatMs(one.p50),
    formatMs(one.p95),
    formatMs(one.p99),
    String(one.errors),
  ]
  const more = (a: number, b: number): string => `${a >= b ? '+' : '-'}${formatMs(Math.abs(a - b))}`
  return columns(
    [
      ['', 'req/s', 'p50', 'p95', 'p99', 'errors'],
      ...(direct === undefined ? [] : [row('direct', direct)]),
      row('gateway', gateway),
      ...(direct === undefined
        ? []
        : [
            [
              'overhead',
              '',
              more(gateway.p50, direct.p50),
              more(gateway.p95, direct.p95),
              more(gateway.p99, direct.p99),
              '',
            ],
          ]),
    ],
    1,
  )
}

const missed = (gateway: LoadSummary, maxP99: number, maxErrors: number | undefined): string[] => [
  ...(maxP99 > 0 && gateway.p99 > maxP99 ? [`p99 is ${gateway.p99.toFixed(1)} ms, ${maxP99} ms were allowed`] : []),
  ...(maxErrors !== undefined && gateway.errors > maxErrors
    ? [`${gateway.errors} errors, ${maxErrors} were allowed`]
    : []),
]

/** `gwanmun bench <path>`. */
export const bench: Verb = defineVerb({
  name: 'bench',
  summary: 'Loads a path of a running gateway and, with --direct, its target without the gateway',
  details:
    'Client and gateway share this machine: compare runs on one machine only. Exit code 7 when a threshold is missed.',
  words: [{ name: 'path', says: 'Path to ask for', required: true }],
  flags: {
    connections: integer('<number>', 'Connections at once. Default: 50', { min: 1, max: 10_000, short: 'c' }),
    duration: duration('<time>', 'How long each side is loaded. Default: 10s', 10_000, 'd'),
    direct: flag('Also calls the target directly and prints the difference'),
    url: text('<url>', 'Where the gateway is. Default: the first listener of the configuration'),
    header: repeated('<field>', 'Header field "Name: value"; may be repeated', 'H'),
    maxP99: duration('<time>', 'Fails when the p99 through the gateway is longer', 0),
    maxErrors: integer('<number>', 'Fails when there are more errors', { min: 0, max: 1_000_000_000 }),
  },
  examples: ['gwanmun bench /orders/1 --direct', 'gwanmun bench /orders/1 -c 100 -d 30s --max-p99 20ms'],
  async run({ words, flags, global, terminal }): Promise<ExitCode> {
    const [path = '/'] = words
    if (!path.startsWith('/')) throw new Stop(exit.usage, `"${path}" is no path`, `Write /${path}.`)
    const headers = flags.header.map(headerPair)
    const subject = await subjectOf(path, flags.url, global, terminal)
    const connections = flags.connections ?? 50
    if (flags.direct && subject.direct === undefined)
      terminal.say('No http target is known for this path: direct is left out.')
    const direct =
      flags.direct && subject.direct !== undefined
        ? await measure(subject.direct, connections, flags.duration, headers)
        : undefined
    const gateway = await measure(subject.gateway, connections, flags.duration, headers)
    const failures = missed(gateway, flags.maxP99, flags.maxErrors)
    if (global.json)
      terminal.json({
        path,
        connections,
        duration: flags.duration,
        route: subject.route ?? null,
        gateway,
        direct: direct ?? null,
        failures,
      })
    else {
      for (const line of await table(gateway, direct)) terminal.print(line)
      const policies = subject.policies.length === 0 ? '' : ` · ${subject.policies.join(' · ')}`
      terminal.print(
        ` route ${subject.route ?? 'unknown'}${policies} · ${connections} connections · Node ${process.versions.node}`,
      )
      terminal.say(
        terminal.mark('dim', ' Client and gateway share this machine. Compare runs on the same machine only.'),
      )
      for (const failure of failures) terminal.complain(failure)
    }
    return failures.length > 0 ? exit.threshold : exit.ok
  },
})
