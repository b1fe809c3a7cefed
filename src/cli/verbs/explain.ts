import type { GatewayInfo } from '../../contract/admin.ts'
import type { ExplainRequest, ExplainResult } from '../../contract/data-plane.ts'
import { createAdminClient } from '../admin-client.ts'
import { exit, Stop } from '../exit.ts'
import { explainPast } from '../explain-past.ts'
import { explanationLines } from '../explanation.ts'
import { repeated, text } from '../flag.ts'
import { folderAdmin } from '../folder-admin.ts'
import { otherFile } from '../other-file.ts'
import type { GlobalFlags } from '../global-flags.ts'
import { headerPair } from '../header-pair.ts'
import type { Terminal } from '../terminal.ts'
import { defineVerb, type Verb } from '../verb.ts'

const requestOf = (
  words: readonly string[],
  flags: {
    readonly header: readonly string[]
    readonly data: string | undefined
    readonly from: string | undefined
    readonly listener: string | undefined
  },
): ExplainRequest => {
  const [first, second] = words
  const [method, url] = second === undefined ? ['GET', first] : [first, second]
  if (method === undefined || url === undefined)
    throw new Stop(exit.usage, 'explain wants a request', 'gwanmun explain GET /orders/1')
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method))
    throw new Stop(exit.usage, `"${method}" is no method`, 'gwanmun explain GET /orders/1')
  if (!url.startsWith('/') && !/^https?:\/\//.test(url))
    throw new Stop(exit.usage, `"${url}" is no path and no URL`, `Write /${url}, or http://host/${url}.`)
  return {
    method: method.toUpperCase(),
    url,
    headers: flags.header.flatMap(headerPair),
    ...(flags.data === undefined ? {} : { body: flags.data }),
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.listener === undefined ? {} : { listener: flags.listener }),
  }
}

/** Asks the running gateway; undefined when none answers, or the question is about a file. */
const fromRunning = async (
  request: ExplainRequest,
  global: GlobalFlags,
  terminal: Terminal,
): Promise<ExplainResult | undefined> => {
  // A named file is a question about that file, not about what runs.
  if (global.config !== undefined && global.admin === undefined) return undefined
  const client = createAdminClient(await folderAdmin(global, terminal), process.env['GWANMUN_TOKEN'], 3000)
  const ready = await client.ask('GET', '/healthz')
  if (ready === undefined) {
    if (global.admin !== undefined) throw new Stop(exit.admin, `no gateway answers at ${client.url}`)
    return undefined
  }
  const { config } = (await client.demand('GET', '/v1/info')).body as GatewayInfo
  terminal.say(terminal.mark('dim', `Asked the gateway at ${client.url}, which runs ${config.file ?? config.hash}.`))
  const own = otherFile(config.file)
  if (own !== undefined && global.admin === undefined) {
    terminal.say(
      `${terminal.mark('yellow', '▲')} That is not ${own} of this folder: -c ${own} asks the file, --admin URL another gateway.`,
    )
  }
  return (await client.demand('POST', '/v1/explain', request)).body as ExplainResult
}

const print = (
  request: ExplainRequest,
  result: ExplainResult,
  live: boolean,
  global: GlobalFlags,
  terminal: Terminal,
): void => {
  if (global.json) terminal.json({ request, state: live ? 'running' : 'empty', ...result })
  else for (const line of explanationLines(request, result, terminal)) terminal.print(line)
}

/** `gwanmun explain <METHOD> <url>`. */
export const explain: Verb = defineVerb({
  name: 'explain',
  summary: 'Says which route takes a request, which steps it passes and what comes out, without sending anything',
  details:
    'Asks the running gateway, whose limits and health it then shows; when none answers, or a file is named with --config, it runs the same engine on the file with empty state. With --request it tells a request that is over, from the access records that the running gateway keeps, and what would happen to it today.',
  words: [
    { name: 'method', says: 'Method; GET when only a URL is given' },
    { name: 'url', says: 'Path, or a whole URL whose host and port count' },
  ],
  flags: {
    header: repeated('<field>', 'Header field "Name: value"; may be repeated', 'H'),
    data: text('<text>', 'Body', 'd'),
    from: text('<address>', 'Address of the pretended client. Default: 127.0.0.1'),
    listener: text('<name>', 'Listener that takes it. Default: the one of the port in the URL, else the first'),
    request: text('<id>', 'Explains a past request by its X-Request-Id, instead of one that is written here'),
  },
  examples: [
    'gwanmun explain GET /orders/1',
    'gwanmun explain POST /orders -H "Content-Type: application/json" -d "{}"',
    'gwanmun explain GET http://api.example.com/orders --json',
    'gwanmun explain --request req_821131855e000000',
  ],
  async run({ words, flags, global, terminal }) {
    if (flags.request !== undefined) {
      const { header, data, from, listener } = flags
      if (words.length > 0 || header.length > 0 || [data, from, listener].some((one) => one !== undefined))
        throw new Stop(
          exit.usage,
          'explain --request takes no other request',
          `gwanmun explain --request ${flags.request}`,
        )
      return explainPast(flags.request, global, terminal)
    }
    const request = requestOf(words, flags)
    const live = await fromRunning(request, global, terminal)
    if (live !== undefined) {
      print(request, live, true, global, terminal)
      return exit.ok
    }
    const { demandConfig, explainOffline } = await import('../engine.ts')
    const { snapshot, file } = await demandConfig(global, terminal)
    terminal.say(terminal.mark('dim', `No gateway was asked: ${file} with empty state.`))
    print(request, await explainOffline(snapshot, request), false, global, terminal)
    return exit.ok
  },
})
