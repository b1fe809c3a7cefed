import { exit, Stop } from './exit.ts'

/** The answer of the admin API. */
export interface AdminAnswer {
  readonly status: number
  readonly body: unknown
}

/** Speaks to the admin API of a running gateway. */
export interface AdminClient {
  readonly url: string
  /** Undefined when nothing answers there. */
  ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<AdminAnswer | undefined>
  /** As `ask`; ends the verb with exit code 5 when nothing answers or it refuses. */
  demand(method: 'GET' | 'POST', path: string, body?: unknown): Promise<AdminAnswer>
}

/** Where the admin API is when nobody says. */
const defaultAdminUrl = 'http://127.0.0.1:9901'

const problemOf = (answer: AdminAnswer): string => {
  const problem = answer.body as
    | { readonly code?: unknown; readonly detail?: unknown; readonly title?: unknown }
    | undefined
  const words = [problem?.code, problem?.detail ?? problem?.title].filter((word) => typeof word === 'string')
  return words.length === 0 ? `status ${answer.status}` : words.join(' ')
}

/** Makes a client for the API at `admin`, or where it is by default. The token comes from `GWANMUN_TOKEN`; loopback needs none. */
export const createAdminClient = (
  admin: string | undefined,
  token: string | undefined,
  timeout = 10_000,
): AdminClient => {
  const url = (admin ?? defaultAdminUrl).replace(/\/+$/, '')
  if (!/^https?:\/\//.test(url))
    throw new Stop(exit.usage, `--admin "${url}" is no URL`, 'Write it with its scheme: --admin http://127.0.0.1:9901')
  const ask: AdminClient['ask'] = async (method, path, body) => {
    let response: Response
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeout),
      })
    } catch {
      return undefined
    }
    const text = await response.text()
    try {
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    } catch {
      return { status: response.status, body: undefined }
    }
  }
  return {
    url,
    ask,
    async demand(method, path, body) {
      const answer = await ask(method, path, body)
      if (answer === undefined) {
        throw new Stop(
          exit.admin,
          `no gateway answers at ${url}`,
          'Start one with gwanmun start, or name its admin API with --admin URL.',
        )
      }
      if (answer.status === 401)
        throw new Stop(exit.admin, `${url} refused: ${problemOf(answer)}`, 'Put the token into GWANMUN_TOKEN.')
      if (answer.status >= 400 && answer.status !== 422)
        throw new Stop(exit.admin, `${url} refused: ${problemOf(answer)}`)
      return answer
    },
  }
}
