/** One message as `node:http`'s own parser (llhttp) reads it. */
export interface ReadMessage {
  readonly method: string
  readonly target: string
  readonly status: number
  /** Flat name, value pairs, names lower case. */
  readonly fields: readonly string[]
  body: string
  trailers: string[]
  complete: boolean
  readonly upgrade: boolean
}

type Handler = (...values: never[]) => unknown
/** Version, fields, method, target, status, reason, upgrade, keep-alive. */
type HeadValues = readonly [number, number, string[] | undefined, number, string | undefined, number, string, boolean]
interface Parser {
  initialize(kind: number, resource: object, maxHeaderSize: number, leniency: number): void
  execute(bytes: Uint8Array): number | Error
  finish(): Error | undefined
  close(): void
  [slot: number]: Handler
}
interface ParserClass {
  new (): Parser
  readonly REQUEST: number
  readonly RESPONSE: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}
interface HttpCommon {
  readonly HTTPParser: ParserClass
  readonly methods: readonly string[]
}

// The module is not in the public types; it is what `node:http` itself reads with.
const name = 'node:_http_common'
const { HTTPParser, methods } = (await import(name)) as HttpCommon

const lower = (flat: readonly string[]): string[] => flat.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text))

/**
 * Reads bytes with the runtime's strict parser, all at once. Gives the messages it found, and why it stopped, if it
 * did.
 */
export const readWithNode = (
  bytes: Uint8Array,
  kind: 'request' | 'response',
): { readonly messages: readonly ReadMessage[]; readonly error: string | undefined } => {
  const messages: ReadMessage[] = []
  let pending: string[] = []
  let pendingTarget = ''
  let current: ReadMessage | undefined
  const parser = new HTTPParser()
  parser.initialize(kind === 'request' ? HTTPParser.REQUEST : HTTPParser.RESPONSE, {}, 1 << 20, 0)
  // Many fields come in batches, the target with the first of them; trailers come so too.
  parser[HTTPParser.kOnHeaders] = (fields: string[], url: string) => {
    pending.push(...fields)
    if (url !== '') pendingTarget = url
  }
  parser[HTTPParser.kOnHeadersComplete] = (...values: unknown[]): number => {
    const [, , fields, method, url, status, , upgrade] = values as unknown as HeadValues
    current = {
      method: methods[method] ?? '',
      target: url ?? pendingTarget,
      status,
      fields: lower([...pending, ...(fields ?? [])]),
      body: '',
      trailers: [],
      complete: false,
      upgrade,
    }
    pending = []
    messages.push(current)
    return 0
  }
  parser[HTTPParser.kOnBody] = (chunk: Buffer) => {
    if (current !== undefined) current.body += Buffer.from(chunk).toString('latin1')
  }
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (current === undefined) return
    current.trailers = lower(pending)
    current.complete = true
    pending = []
    current = undefined
  }
  const result = parser.execute(bytes)
  parser.close()
  const error = result instanceof Error ? ((result as Error & { code?: string }).code ?? result.message) : undefined
  return { messages, error }
}
