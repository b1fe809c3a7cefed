import type { AdminPorts } from '../contract/admin.ts'
import type { MaybePromise } from '../contract/exchange.ts'
import type { Scope } from './access.ts'
import type { Answer } from './answer.ts'
import type { BodySchema } from './body-schema.ts'

/** What an endpoint gets to see of a request. */
export interface Question {
  /** The body as text; empty when there is none. */
  readonly text: string
  /** The body as checked by `body`; undefined for `config` bodies. */
  readonly value: unknown
  readonly query: URLSearchParams
  /** What stands in the place of `{name}` in the path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly ifMatch: string | undefined
  readonly ifNoneMatch: string | undefined
}

/** One method on one path. The table of them is the API: the server, its checks and `/openapi.json` read it. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** `{name}` stands for one segment of any text. */
  readonly path: string
  /** Name of the operation in generated clients. */
  readonly id: string
  readonly scope: Scope
  readonly says: string
  /** A checked JSON body, or a whole configuration as YAML or JSON. */
  readonly body?: BodySchema | 'config'
  /** What the `{name}` of the path are. */
  readonly params?: Readonly<Record<string, BodySchema>>
  /** Parameters of the query; all of them may be absent, and others are not looked at. */
  readonly query?: Readonly<Record<string, BodySchema>>
  /** Schema of the good answer by name, or its type when it is not JSON. */
  readonly gives: string | { readonly type: string }
  /** Codes of the problems it may answer besides those of access. */
  readonly refuses?: readonly string[]
  answer(ports: AdminPorts, question: Question): MaybePromise<Answer>
}
