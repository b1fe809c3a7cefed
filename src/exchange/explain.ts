import type { ExplainResult, ExplainStep } from '../contract/data-plane.ts'
import type { Origin } from '../contract/diagnostic.ts'
import type { ClientFacts } from '../contract/exchange.ts'
import type { ListenerPlan, Step } from '../contract/plan.ts'
import type { GatewaySettings } from '../contract/snapshot.ts'
import { type ErrorCode, errorEntry } from '../errors.ts'
import { createRedaction } from '../lib/redaction.ts'
import { createShield, maskTarget } from '../lib/shield.ts'
import type { Stage } from '../contract/policy.ts'
import { stageIndex } from '../lib/stages.ts'
import { create, type IncomingHead, start } from './begin.ts'
import type { Engine } from './engine.ts'
import { InnerStream } from './inner-stream.ts'
import type { LiveExchange } from './live-exchange.ts'
import { phase } from './state.ts'

/** Runs a request through the engine without sending anything, and tells what every step said (architecture.md §4). */
export const explainExchange = async (
  engine: Engine,
  listener: ListenerPlan,
  client: ClientFacts,
  head: IncomingHead,
  settings: Pick<GatewaySettings, 'filled' | 'redact'>,
): Promise<ExplainResult> => {
  const exchange = create(engine, listener, client, new InnerStream(() => undefined), head, 'trusted', false)
  exchange.dry = true
  start(exchange, head)
  // A step may wait; a turn of the loop lets promises that are due settle.
  for (let turn = 0; turn < 100 && !isDecided(exchange); turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
  const result = describe(exchange, listener)
  exchange.endDry()
  return withoutSecrets(result, settings)
}

/** What stands in environment and secret files is told by its reference, values under telling names not at all. */
const withoutSecrets = (
  result: ExplainResult,
  { filled, redact }: Pick<GatewaySettings, 'filled' | 'redact'>,
): ExplainResult => {
  const sends = result.sends === undefined ? undefined : maskTarget(result.sends, createRedaction(redact))
  return createShield(filled)(sends === undefined ? result : { ...result, sends })
}

/** All steps that had a say have had it. */
const isDecided = (exchange: LiveExchange): boolean =>
  exchange.phase === phase.over ||
  exchange.sends !== undefined ||
  (exchange.phase === phase.deliver && exchange.routePlan.action.kind === 'handler')

const describe = (exchange: LiveExchange, listener: ListenerPlan): ExplainResult => {
  const { route, target, service } = exchange
  const lost = listener.lost(exchange.request, route).map(({ route: other, reason }) => ({
    name: other.name,
    reason,
    ...(other.origin === undefined ? {} : { origin: other.origin }),
  }))
  const fix = fixOf(exchange)
  const delivers = exchange.phase === phase.deliver
  const steps = [
    ...listener.guards.all.map((step) =>
      tell(exchange, step, listener.guards.request, exchange.guardsReached, exchange.phase === phase.guards),
    ),
    ...exchange.routePlan.steps.all.map((step) =>
      tell(exchange, step, exchange.routePlan.steps.request, exchange.routeReached, !delivers),
    ),
  ]
  const handler = route?.action.kind === 'handler' ? fileName(route.action.file) : undefined
  if (handler !== undefined) addHandler(steps, handler, delivers, route?.origin)
  return {
    route: route?.name,
    status: delivers ? 0 : exchange.response.status,
    code: exchange.code,
    listener: listener.name,
    ...(route === undefined
      ? {}
      : { describes: route.describes, ...(route.origin === undefined ? {} : { origin: route.origin }) }),
    lost,
    steps,
    ...(fix === undefined ? {} : { fix }),
    source: !delivers ? 'gateway' : handler === undefined ? 'service' : 'handler',
    ...(delivers && handler !== undefined ? { handler } : {}),
    ...(service === undefined ? {} : { service: service.name }),
    ...(target === undefined ? {} : { target: target.url }),
    ...(exchange.sends === undefined ? {} : { sends: exchange.sends }),
    ...(exchange.detail === undefined ? {} : { detail: exchange.detail }),
  }
}

const fileName = (file: string): string => file.slice(file.lastIndexOf('/') + 1)

/** A handler is no policy, but code that would run all the same: it has its place before the steps of the answer. */
const addHandler = (steps: ExplainStep[], file: string, isReached: boolean, origin: Origin | undefined): void => {
  const after = steps.findIndex(
    ({ stage, chain }) => chain !== 'gateway' && stageIndex(stage as Stage) > stageIndex('deliver'),
  )
  steps.splice(after < 0 ? steps.length : after, 0, {
    stage: 'deliver',
    name: 'handler',
    chain: 'route',
    verdict: isReached ? 'unknown' : 'not-reached',
    words: isReached ? `${file === '' ? 'it' : file} was not run` : file,
    ...(origin === undefined ? {} : { origin }),
  })
}

/** What to change to get another answer. */
const fixOf = (exchange: LiveExchange): string | undefined => {
  const { code, answeredBy } = exchange
  if (code === undefined) return undefined
  const place = answeredBy?.origin === undefined ? '' : ` (${answeredBy.origin.file}:${answeredBy.origin.line})`
  return errorEntry(code as ErrorCode) === undefined ? undefined : `${errorEntry(code as ErrorCode).fix}${place}`
}

/** One step's verdict, in the words of its policy. */
const tell = (
  exchange: LiveExchange,
  step: Step,
  requestSteps: readonly Step[],
  reached: number,
  answered: boolean,
): ExplainStep => {
  const at = requestSteps.indexOf(step)
  const wasReached = at < 0 || at < reached
  const isLast = answered && at >= 0 && at === reached - 1
  const words: string[] = []
  const notes = exchange.notes ?? []
  for (let i = 0; i < notes.length; i += 4) {
    if (notes[i] !== step.index) continue
    const said = step.policy.explain?.(exchange, notes[i + 1] as number, notes[i + 2] as number, notes[i + 3] as number)
    if (said !== undefined) words.push(said)
  }
  return {
    stage: step.stage,
    name: step.name,
    chain: step.chain,
    verdict:
      step.dry === 'unknown'
        ? 'unknown'
        : !wasReached
          ? 'not-reached'
          : isLast && exchange.answeredBy === step
            ? 'answered'
            : 'passed',
    words: words.join('; '),
    ...(step.origin === undefined ? {} : { origin: step.origin }),
  }
}
