import type { ExplainRequest, ExplainResult } from '../../contract/data-plane.ts'
import { createAdminClient } from '../admin-client.ts'
import { gatewayInfo, warnOfOther } from '../asked-gateway.ts'
import { exit, Stop } from '../exit.ts'
import { explainPast } from '../explain-past.ts'
import { explanationLines } from '../explanation.ts'
import { flag, repeated, text } from '../flag.ts'
import { folderAdmin } from '../folder-admin.ts'
import type { GlobalFlags } from '../global-flags.ts'
import { headerPair } from '../header-pair.ts'
import { section } from '../section.ts'
import type { KnownListener } from '../send/listener-address.ts'
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

/** An explanation, and what is known of the gateway it is about. */
interface Explained {
  readonly result: ExplainResult
  readonly state: 'running' | 'empty'
  readonly listeners: readonly KnownListener[]
  /** Host of the admin API that was asked. */
  readonly host: string | undefined
}

/** Asks the running gateway; undefined when none answers, or the question is about a file. */
const fromRunning = async (
  request: ExplainRequest,
  global: GlobalFlags,
  terminal: Terminal,
): Promise<Explained | undefined> => {
  // A named file is a question about that file, not about what runs.
  if (global.config !== undefined && global.admin === undefined) return undefined
  const client = createAdminClient(await folderAdmin(global, terminal), process.env['GWANMUN_TOKEN'], 3000)
  const ready = await client.ask('GET', '/healthz')
  if (ready === undefined) {
    if (global.admin !== undefined) throw new Stop(exit.admin, `no gateway answers at ${client.url}`)
    return undefined
  }
  const info = await gatewayInfo(client)
  const { file, hash } = info.config
  terminal.say(terminal.mark('dim', `Asked the gateway at ${client.url}, which runs ${file ?? hash}.`))
  await warnOfOther(info, global, terminal, (own) => `-c ${own} asks the file, `)
  const result = (await client.demand('POST', '/v1/explain', request)).body as ExplainResult
  return {
    result,
    state: 'running',
    listeners: info.listeners,
    host: new URL(client.url).hostname.replace(/^\[|\]$/g, ''),
  }
}

const fromFile = async (request: ExplainRequest, global: GlobalFlags, terminal: Terminal): Promise<Explained> => {
  const { demandConfig, explainOffline } = await import('../engine.ts')
  const { snapshot, file } = await demandConfig(global, terminal)
  terminal.say(terminal.mark('dim', `No gateway was asked: ${file} with empty state.`))
  const result = await explainOffline(snapshot, request)
  return { result, state: 'empty', listeners: snapshot.listeners, host: undefined }
}

/** Sends the request to the listener that the explanation names, and prints what came back after it. */
const send = async (
  request: ExplainRequest,
  { result, state, listeners, host }: Explained,
  global: GlobalFlags,
  terminal: Terminal,
): Promise<void> => {
  const { listenerAddress } = await import('../send/listener-address.ts')
  const { sendRequest } = await import('../send/send-request.ts')
  const { answerJson, answerLines } = await import('../send/answer-words.ts')
  const address = listenerAddress(result.listener, listeners, host)
  try {
    const answer = await sendRequest(request, address)
    if (global.json) terminal.json({ request, state, ...result, sent: answerJson(answer, address.url) })
    else for (const line of section('Answer', answerLines(answer, address.url))) terminal.print(line)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (global.json) terminal.json({ request, state, ...result, sent: { url: address.url, error: reason } })
    throw new Stop(
      exit.failure,
      `the gateway gave no answer at ${address.url}: ${reason}`,
      state === 'running' ? 'gwanmun status shows how it fares.' : 'Start it with gwanmun start.',
    )
  }
}

/** `gwanmun explain <METHOD> <url>`. */
export const explain: Verb = defineVerb({
  name: 'explain',
  summary: 'Says which route takes a request, which steps it passes and what comes out; sends it only with --send',
  details:
    'Asks the running gateway, with the configuration that it runs; gwanmun status shows the health of its targets. When none answers, or a file is named with --config, it runs the same engine on the file with empty state. With --send the request then goes to the listener it is about, with the Host of its URL, and status and times of the answer are printed; exit code 1 when no answer comes. With --request it tells a request that is over, from the access records that the running gateway keeps, and what would happen to it today.',
  words: [
    { name: 'method', says: 'Method; GET when only a URL is given' },
    { name: 'url', says: 'Path, or a whole URL whose host and port count' },
  ],
  flags: {
    header: repeated('<field>', 'Header field "Name: value"; may be repeated', 'H'),
    data: text('<text>', 'Body', 'd'),
    from: text('<address>', 'Address of the pretended client. Default: 127.0.0.1'),
    send: flag('Really sends the request to the gateway, after the explanation'),
    listener: text('<name>', 'Listener that takes it. Default: the one of the port in the URL, else the first'),
    request: text('<id>', 'Explains a past request by its X-Request-Id, instead of one that is written here'),
  },
  examples: [
    'gwanmun explain GET /orders/1',
    'gwanmun explain POST /orders -H "Content-Type: application/json" -d "{}"',
    'gwanmun explain GET http://api.example.com/orders --json',
    'gwanmun explain GET /orders/1 --send',
    'gwanmun explain --request req_821131855e000000',
  ],
  async run({ words, flags, global, terminal }) {
    if (flags.request !== undefined) {
      const { header, data, from, listener } = flags
      if (
        words.length > 0 ||
        header.length > 0 ||
        flags.send ||
        [data, from, listener].some((one) => one !== undefined)
      )
        throw new Stop(
          exit.usage,
          'explain --request takes no other request',
          `gwanmun explain --request ${flags.request}`,
        )
      return explainPast(flags.request, global, terminal)
    }
    if (flags.send && flags.from !== undefined)
      throw new Stop(
        exit.usage,
        '--from pretends an address, and what is sent has a real one',
        'Leave one of them out.',
      )
    const request = requestOf(words, flags)
    const explained = (await fromRunning(request, global, terminal)) ?? (await fromFile(request, global, terminal))
    const { result, state } = explained
    if (!global.json) {
      for (const line of explanationLines(request, result, !flags.send, terminal)) terminal.print(line)
    } else if (!flags.send) terminal.json({ request, state, ...result })
    if (flags.send) await send(request, explained, global, terminal)
    return exit.ok
  },
})
