import type { Exchange } from '../contract/exchange.ts'
import type { RoutePlan, ServicePlan, Target } from '../contract/plan.ts'
import type { EndFacts } from '../contract/telemetry.ts'
import { idOf } from '../lib/field-names.ts'
import { flat } from '../lib/flat.ts'
import { durationText, recordLead, thousandths, timeText } from './clock-text.ts'
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
  /** The target of the latest request, and `names` with `,"service":"orders","target":"http://10.0.0.1:80"` after it. */
  target: Target | undefined
  service: ServicePlan | undefined
  way: string
}

/**
 * Text made from two values, remembered for the latest of them: most requests look like the one before. It is put in one
 * piece when it is used again, because that costs more than making it.
 */
const latest = (make: (a: string, b: string) => string): ((a: string, b: string) => string) => {
  let lastA: string | undefined
  let lastB = ''
  let text = ''
  let isFlat = false
  return (a, b) => {
    if (a !== lastA || b !== lastB) {
      lastA = a
      lastB = b
      text = make(a, b)
      isFlat = false
    } else if (!isFlat) {
      text = flat(text)
      isFlat = true
    }
    return text
  }
}

const serviceMs = thousandths(',"serviceMs":')
const noBytesIn = thousandths(',"bytesIn":0,"bytesOut":')
const bytesIn = thousandths(',"bytesIn":')
/** Numbers are printed anew each time they become text. */
const statusTexts: readonly string[] = Array.from({ length: 600 }, (_, status) => String(status))

const userAgentId = idOf('user-agent')

/** `random` decides what `log.sample` keeps. */
export const createAccessLog = (redaction: Redaction, random: () => number): AccessLog => {
  const routes: (RouteText | undefined)[] = []
  const mask = createQueryMask(redaction)
  const statusOf = latest((status, method) => `","status":${status},"method":"${jsonText(method)}"`)
  const hostOf = latest((host) => `${host === '' ? '' : `,"host":"${jsonText(host)}"`},"path":"`)
  const clientOf = latest((client, source) => `,"client":"${jsonText(client)}","source":"${source}","ms":`)
  const endOf = latest(
    (agent, protocol) => `${agent === '' ? '' : `,"userAgent":"${jsonText(agent)}"`},"protocol":"${protocol}"}\n`,
  )

  const routeText = (exchange: Exchange, route: RoutePlan): RouteText => {
    const known = routes[route.slot]
    if (known !== undefined && known.route === route) return known
    const named = exchange.route === undefined ? '' : `,"route":"${jsonText(route.name)}"`
    const fields = route.settings.log?.fields
    const made: RouteText = {
      route,
      names: flat(`","listener":"${jsonText(exchange.listener.name)}"${named}`),
      fields: fields === undefined || fields.length === 0 ? undefined : createLogFields(fields, redaction),
      target: undefined,
      service: undefined,
      way: '',
    }
    routes[route.slot] = made
    return made
  }
  /** Listener, route, service and target. */
  const wayOf = (route: RouteText, service: ServicePlan | undefined, target: Target | undefined): string => {
    if (target !== undefined && route.target === target && route.service === service) return route.way
    const named = service === undefined ? '' : `,"service":"${jsonText(service.name)}"`
    if (target === undefined) return route.names + named
    route.target = target
    route.service = service
    route.way = flat(`${route.names}${named},"target":"${jsonText(target.url)}"`)
    return route.way
  }
  const pathText = (exchange: Exchange): string => {
    const path = exchange.clientPath ?? exchange.request.path
    const query = exchange.clientQuery ?? exchange.request.query
    return jsonText(query === '' ? path : `${path}?${mask(query)}`)
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
        statusOf(statusTexts[facts.status] ?? String(facts.status), request.method) +
        hostOf(request.host, '') +
        pathText(exchange) +
        wayOf(text, service, target)
      if (code !== undefined) line += `,"code":"${code}"`
      if (detail !== undefined) line += `,"detail":"${jsonText(detail)}"`
      line += clientOf(exchange.client.address, exchange.response.source)
      line += durationText(facts.endedAt - exchange.startedAt, serviceMs)
      // Most requests have no body and one attempt: fewer pieces.
      line +=
        exchange.requestBytes === 0
          ? durationText(facts.serviceTime, noBytesIn)
          : `${durationText(facts.serviceTime, bytesIn)}${exchange.requestBytes},"bytesOut":`
      line += exchange.responseBytes
      const traceId = exchange.trace.id
      if (exchange.attempts === 1 && !facts.aborted && traceId !== '') line += `,"attempts":1,"traceId":"${traceId}"`
      else {
        line += `,"attempts":${exchange.attempts}`
        if (facts.aborted) line += ',"aborted":true'
        if (traceId !== '') line += `,"traceId":"${traceId}"`
      }
      if (text.fields !== undefined) line = text.fields(line, exchange)
      return line + endOf(request.fields.getById(userAgentId) ?? '', request.protocol)
    },
    refused: (listener, status, code, address, detail, id, time) =>
      `{"time":"${timeText(time)}"${id === '' ? '' : `,"id":"${jsonText(id)}"`},"status":${status},"listener":"${jsonText(listener)}"` +
      `,"client":"${jsonText(address)}","code":"${jsonText(code)}","detail":"${jsonText(detail)}","source":"gateway"}\n`,
  }
}
