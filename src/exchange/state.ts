import type { ClientFacts, Exchange, Reply } from '../contract/exchange.ts'
import type { ListenerPlan, RoutePlan, ServicePlan, Step, Target } from '../contract/plan.ts'
import type { BodyTransform } from '../contract/policy.ts'
import type { BodyLength, ClientStream } from '../contract/streams.ts'
import type { FieldList } from '../contract/fields.ts'
import type { ChunkList } from '../lib/chunk-list.ts'
import { Timed } from '../lib/timer-wheel.ts'
import type { Engine } from './engine.ts'
import type { RequestState, ResponseState } from './request-state.ts'

/** What the exchange may ask of its running attempt. */
export interface RunningAttempt {
  readonly ready: boolean
  body(chunk: Uint8Array): boolean
  end(trailers: FieldList | undefined): void
  pauseResponse(): void
  resumeResponse(): void
  /** Cuts it; nothing is heard of it again. */
  abort(outcome: 'timeout' | 'aborted'): void
  /**
   * Another answer takes the place of its own. What the target said counts; the rest of a short body runs out unheard,
   * so that the connection can serve again. Without a head it is cut.
   */
  discard(): void
  /** Its tunnel has ended well on both sides. */
  finish(): void
  /** Its time is over: it counts as failed and may be tried again. */
  timedOut(): void
  /** Monotonic ms at which `timeout.attempt` is over; Infinity for none. */
  readonly deadline: number
}

/** What the exchange asks of its upgraded connection. */
export interface OpenTunnel {
  /** Lent chunks of either side, and its end of sending. */
  clientSent(chunk: Uint8Array): void
  serviceSent(chunk: Uint8Array): void
  endOfClient(): void
  endOfService(): void
  clientDrained(): void
  serviceDrained(): void
  /** A connection is gone. False: the other side must see a cut. */
  clientGone(): boolean
  serviceGone(): boolean
  /** Says a WebSocket close code to the client and ends. */
  close(code: number, detail: string): void
  /** The exchange has ended. */
  release(): void
}

/** How far the way up has come. */
export const phase = { guards: 0, match: 1, route: 2, deliver: 3, answered: 4, over: 5 } as const
const noSlots: unknown[] = []
const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>)
/** Body bytes kept while there is nowhere to send them, and for sending them again. */
export const holdLimit = 65536

/** Everything one exchange knows: one shape for all of them. What it does is in `run`, `attempt`, `respond` and `end`. */
export abstract class ExchangeState extends Timed implements Exchange {
  readonly engine: Engine
  readonly id: string
  readonly listener: ListenerPlan
  readonly client: ClientFacts
  /** The client; a barrier may be put before it. */
  stream: ClientStream
  readonly request: RequestState
  readonly response: ResponseState
  /** `parent` is what services get as `traceparent`. */
  readonly trace: { id: string; span: string; sampled: boolean; parent: string }
  readonly startedAt: number
  readonly receivedAt: number
  /** The plan whose steps hold: that of the route, before the match that of unmatched requests. */
  routePlan: RoutePlan
  matched: boolean = false
  /** Methods that would have matched, when only the method is missing. */
  allow: readonly string[] | undefined = undefined
  /** Refused before any step ran. */
  refusal: Reply | undefined = undefined
  params: Readonly<Record<string, string>> = noParams
  service: ServicePlan | undefined = undefined
  target: Target | undefined = undefined
  code: string | undefined = undefined
  detail: string | undefined = undefined
  reply: Reply | undefined = undefined
  attempts: number = 0
  dry: boolean = false
  /** A call from inside the gateway: counted with its parent, not as an answer to a client. */
  isInner: boolean = false
  /** Step whose reply became the answer. */
  answeredBy: Step | undefined = undefined
  /** What would have been sent, as `explain` shows it. */
  sends: string | undefined = undefined
  slots: unknown[] = noSlots
  requestBytes: number = 0
  responseBytes: number = 0
  clientPath: string | undefined = undefined
  clientQuery: string | undefined = undefined
  /** Protocol of an upgrade, empty for an ordinary request. */
  upgrade: string = ''
  expectContinue: boolean = false
  traceState: string | undefined = undefined

  phase: number = 0
  /** Next request step of the phase; also how many were reached. */
  stepIndex: number = 0
  guardsReached: number = 0
  routeReached: number = 0
  step: Step | undefined = undefined
  attempt: RunningAttempt | undefined = undefined
  replyBody: string | Uint8Array | undefined = undefined
  requestEnded: boolean = false
  requestPaused: boolean = false
  requestTrailers: FieldList | undefined = undefined
  held: ChunkList | undefined = undefined
  /** Chunks for another attempt; undefined when the body has outgrown what is kept. */
  replay: ChunkList | undefined = undefined
  replayable: boolean = true
  /** Body bytes went to the running attempt. */
  bodyGiven: boolean = false
  responseStep: number = 0
  /** Answers begun by the gateway itself: more than one when a time limit interrupts a step that waits. */
  answers: number = 0
  headSent: boolean = false
  /** An answer to HEAD, a 204 or 304: its head says what a body would be, and none is sent. */
  bodiless: boolean = false
  transforms: readonly BodyTransform[] | undefined = undefined
  chain: { blocked: boolean } | undefined = undefined
  /** A transform could not be made, so the answer is a refusal that none of them sees. */
  transformsFailed: boolean = false
  responseTrailers: FieldList | undefined = undefined
  serviceEnded: boolean = false
  /** What of the service's body came before the head could leave, because a response step waits; whether all of it has. */
  early: ChunkList | undefined = undefined
  earlyEnd: boolean = false
  tunnel: OpenTunnel | undefined = undefined
  deliveredAt: number = 0
  firstByteAt: number = 0
  serviceTime: number = 0
  idleLimit: number = 0
  wholeDeadline: number = Infinity
  totalDeadline: number = Infinity
  continueAt: number = Infinity
  /** `timeout.total` is over, and its answer waits for response steps. */
  late: boolean = false
  aborted: boolean = false
  /** Length of the answer's body as it is known when the head leaves. */
  bodyLength: BodyLength = 'none'
  responsePhase: number = 0
  collected: ChunkList | undefined = undefined
  onBodyComplete: ((body: Uint8Array) => void) | undefined = undefined
  cancel: AbortController | undefined = undefined
  notes: number[] | undefined = undefined

  constructor(
    engine: Engine,
    id: string,
    listener: ListenerPlan,
    client: ClientFacts,
    stream: ClientStream,
    request: RequestState,
    response: ResponseState,
    trace: { id: string; span: string; sampled: boolean; parent: string },
  ) {
    super()
    this.engine = engine
    this.id = id
    this.listener = listener
    this.client = client
    this.stream = stream
    this.request = request
    this.response = response
    this.trace = trace
    this.startedAt = engine.now()
    this.receivedAt = engine.time()
    this.routePlan = listener.unmatched
    listener.load.inFlight++
    if (listener.guardSlots > 0) this.slots = new Array<unknown>(listener.guardSlots)
  }

  get route(): RoutePlan | undefined {
    return this.matched ? this.routePlan : undefined
  }

  /** Kept only where somebody will ask for words: in a dry run. */
  note(code: number, a = 0, b = 0): void {
    if (!this.dry) return
    const notes = (this.notes ??= [])
    const step = this.step
    notes.push(step === undefined ? -1 : step.index, code, a, b)
  }
}
