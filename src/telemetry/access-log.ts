import type { Exchange } from '../contract/exchange.ts'
import type { RoutePlan, ServicePlan, Target } from '../contract/plan.ts'
import type { EndFacts } from '../contract/telemetry.ts'
import { idOf } from '../lib/field-names.ts'
import { flat } from '../lib/flat.ts'
import { durationText, recordLead, timeText } from './clock-text.ts'
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
  /** `","listener":"web","route":"orders"`: it ends the path before it. */
  readonly names: string
  readonly fields: LogFields | undefined
}

interface TargetText {
  readonly target: Target
  readonly service: ServicePlan | undefined
  /** `,"service":"orders","target":"http://10.0.0.1:80"`. */
  readonly text: string
}

const sources = {
  service: ',"source":"service","ms":',
  gateway: ',"source":"gateway","ms":',
  cache: ',"source":"cache","ms":',
} as const

const userAgentId = idOf('user-agent')

/** `random` decides what `log.sample` keeps. */
export const createAccessLog = (redaction: Redaction, random: () => number): AccessLog => {
  const routes: (RouteText | undefined)[] = []
  const targets: (TargetText | undefined)[] = []
  const mask = createQueryMask(redaction)
  // Most requests look like the one before in these: the last value and its text.
  let agent: string | undefined
  let protocol = ''
  let endText = ''
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
      names: flat(`","listener":"${jsonText(exchange.listener.name)}"${named}`),
      fields: fields === undefined || fields.length === 0 ? undefined : createLogFields(fields, redaction),
    }
    routes[route.slot] = made
    return made
  }
  const serviceText = (service: ServicePlan | undefined): string =>
    service === undefined ? '' : `,"service":"${jsonText(service.name)}"`
  const targetText = (service: ServicePlan | undefined, target: Target | undefined): string => {
    if (target === undefined) return serviceText(service)
    const known = targets[target.slot]
    if (known !== undefined && known.target === target && known.service === service) return known.text
    const text = flat(`${serviceText(service)},"target":"${jsonText(target.url)}"`)
    targets[target.slot] = { target, service, text }
    return text
  }
  const pathText = (exchange: Exchange): string => {
    const path = exchange.clientPath ?? exchange.request.path
    const query = exchange.clientQuery ?? exchange.request.query
    return jsonText(query === '' ? path : `${path}?${mask(query)}`)
  }
  const endOf = (agentNow: string | undefined, protocolNow: string): string => {
    if (agentNow !== agent || protocolNow !== protocol) {
      agent = agentNow
      protocol = protocolNow
      const named = agent === undefined ? '' : `,"userAgent":"${jsonText(agent)}"`
      endText = flat(`${named},"protocol":"${protocol}"`)
    }
    return endText
  }
  const hostOf = (value: string): string => {
    if (value !== host || hostText === '') {
      host = value
      hostText = flat(`${value === '' ? '' : `,"host":"${jsonText(value)}"`},"path":"`)
    }
    return hostText
  }
  const clientOf = (value: string): string => {
    if (value !== client) {
      client = value
      clientText = flat(`,"client":"${jsonText(value)}"`)
    }
    return clientText
  }
  const statusOf = (code: number, name: string): string => {
    if (code !== status || name !== method) {
      status = code
      method = name
      statusText = flat(`","status":${code},"method":"${jsonText(name)}"`)
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
        recordLead(exchange.receivedAt) +
        jsonText(exchange.id) +
        statusOf(facts.status, request.method) +
        hostOf(request.host) +
        pathText(exchange) +
        text.names +
        targetText(service, target) +
        clientOf(exchange.client.address)
      if (code !== undefined) line += `,"code":"${code}"`
      if (detail !== undefined) line += `,"detail":"${jsonText(detail)}"`
      line += sources[exchange.response.source]
      line += `${durationText(facts.endedAt - exchange.startedAt)},"serviceMs":${durationText(facts.serviceTime)}`
      // Most requests have no body and one attempt: fewer pieces.
      line +=
        exchange.requestBytes === 0 ? ',"bytesIn":0,"bytesOut":' : `,"bytesIn":${exchange.requestBytes},"bytesOut":`
      line += exchange.responseBytes
      line += exchange.attempts === 1 ? ',"attempts":1' : `,"attempts":${exchange.attempts}`
      if (facts.aborted) line += ',"aborted":true'
      if (exchange.trace.id !== '') line += `,"traceId":"${exchange.trace.id}"`
      line += endOf(request.fields.getById(userAgentId), request.protocol)
      return text.fields === undefined ? `${line}}\n` : `${text.fields(line, exchange)}}\n`
    },
    refused: (listener, status, code, address, detail, id, time) =>
      `{"time":"${timeText(time)}"${id === '' ? '' : `,"id":"${jsonText(id)}"`},"status":${status},"listener":"${jsonText(listener)}"` +
      `,"client":"${jsonText(address)}","code":"${jsonText(code)}","detail":"${jsonText(detail)}","source":"gateway"}\n`,
  }
}
