import type { Exchange } from '../contract/exchange.ts'
import type { RoutePlan, Target } from '../contract/plan.ts'
import type { EndFacts } from '../contract/telemetry.ts'
import { idOf } from '../lib/field-names.ts'
import { durationText, timeText } from './clock-text.ts'
import { createLogFields, type LogFields } from './log-fields.ts'
import { createQueryMask, type Redaction } from '../lib/redaction.ts'
import { jsonText } from './text.ts'

/** Makes the line of one record: JSON, ASCII, ended by a line feed, never longer than 16 KiB. */
export interface AccessLog {
  /** Undefined when the route's `log` leaves it out. */
  line(exchange: Exchange, route: RoutePlan, facts: EndFacts): string | undefined
  refused(
    listener: string,
    status: number,
    code: string,
    address: string,
    detail: string,
    id: string,
    time: number,
  ): string
}

interface RouteText {
  readonly route: RoutePlan
  /** `,"listener":"web","route":"orders"`. */
  readonly names: string
  readonly fields: LogFields | undefined
}

const userAgentId = idOf('user-agent')

/** `random` decides what `log.sample` keeps. */
export const createAccessLog = (redaction: Redaction, random: () => number): AccessLog => {
  const routes: (RouteText | undefined)[] = []
  const targets: ({ readonly target: Target; readonly text: string } | undefined)[] = []
  const mask = createQueryMask(redaction)
  // Most requests look like the one before in these: the last value and its text.
  let agent = ''
  let agentText = ''
  let host = ''
  let hostText = ''
  let client = ''
  let clientText = ''
  let status = 0
  let method = ''
  let statusText = ''

  const routeText = (exchange: Exchange, route: RoutePlan): RouteText => {
    const known = routes[route.slot]
    if (known !== undefined && known.route === route) return known
    const named = exchange.route === undefined ? '' : `,"route":"${jsonText(route.name)}"`
    const fields = route.settings.log?.fields
    const made: RouteText = {
      route,
      names: `,"listener":"${jsonText(exchange.listener.name)}"${named}`,
      fields: fields === undefined || fields.length === 0 ? undefined : createLogFields(fields, redaction),
    }
    routes[route.slot] = made
    return made
  }
  const targetText = (target: Target): string => {
    const known = targets[target.slot]
    if (known !== undefined && known.target === target) return known.text
    const text = `,"target":"${jsonText(target.url)}"`
    targets[target.slot] = { target, text }
    return text
  }
  const pathText = (exchange: Exchange): string => {
    const path = exchange.clientPath ?? exchange.request.path
    const query = exchange.clientQuery ?? exchange.request.query
    return jsonText(query === '' ? path : `${path}?${mask(query)}`)
  }
  const agentOf = (exchange: Exchange): string => {
    const value = exchange.request.fields.getById(userAgentId)
    if (value === undefined) return ''
    if (value !== agent) {
      agent = value
      agentText = `,"userAgent":"${jsonText(value)}"`
    }
    return agentText
  }
  const hostOf = (value: string): string => {
    if (value !== host) {
      host = value
      hostText = value === '' ? '' : `,"host":"${jsonText(value)}"`
    }
    return hostText
  }
  const clientOf = (value: string): string => {
    if (value !== client) {
      client = value
      clientText = `,"client":"${jsonText(value)}"`
    }
    return clientText
  }
  const statusOf = (code: number, name: string): string => {
    if (code !== status || name !== method) {
      status = code
      method = name
      statusText = `","status":${code},"method":"${jsonText(name)}"`
    }
    return statusText
  }

  return {
    line(exchange, route, facts) {
      const log = route.settings.log
      if (log === undefined) return undefined
      if (log.sample < 1 && facts.status < 400 && !facts.aborted && random() >= log.sample) return undefined
      const text = routeText(exchange, route)
      const { request, service, target, code, detail } = exchange
      let line =
        `{"time":"${timeText(exchange.receivedAt)}","id":"` +
        jsonText(exchange.id) +
        statusOf(facts.status, request.method) +
        hostOf(request.host) +
        `,"path":"${pathText(exchange)}"` +
        text.names
      if (service !== undefined) line += `,"service":"${jsonText(service.name)}"`
      if (target !== undefined) line += targetText(target)
      line += clientOf(exchange.client.address)
      if (code !== undefined) line += `,"code":"${code}"`
      if (detail !== undefined) line += `,"detail":"${jsonText(detail)}"`
      line +=
        `,"source":"${exchange.response.source}","ms":${durationText(facts.endedAt - exchange.startedAt)}` +
        `,"serviceMs":${durationText(facts.serviceTime)},"bytesIn":${exchange.requestBytes}` +
        `,"bytesOut":${exchange.responseBytes},"attempts":${exchange.attempts}`
      if (facts.aborted) line += ',"aborted":true'
      if (exchange.trace.id !== '') line += `,"traceId":"${exchange.trace.id}"`
      line += `${agentOf(exchange)},"protocol":"${request.protocol}"`
      return text.fields === undefined ? `${line}}\n` : `${text.fields(line, exchange)}}\n`
    },
    refused: (listener, status, code, address, detail, id, time) =>
      `{"time":"${timeText(time)}"${id === '' ? '' : `,"id":"${jsonText(id)}"`},"status":${status},"listener":"${jsonText(listener)}"` +
      `,"client":"${jsonText(address)}","code":"${jsonText(code)}","detail":"${jsonText(detail)}","source":"gateway"}\n`,
  }
}
