import type { RequestHead, ResponseHead } from '../contract/exchange.ts'
import type { MatchInput } from '../contract/plan.ts'
import type { Fields } from '../lib/fields.ts'

/** The request as policies see it; also what the router matches. */
export class RequestState implements RequestHead, MatchInput {
  method: string
  path: string
  query: string
  readonly host: string
  /** `Host` as the client wrote it. */
  readonly authority: string
  readonly port: number
  readonly fields: Fields
  readonly protocol: 'HTTP/1.1' | 'HTTP/1.0' | 'HTTP/2'
  readonly length: number | 'stream' | 'none'
  readonly address: string

  constructor(
    method: string,
    path: string,
    query: string,
    host: string,
    authority: string,
    port: number,
    fields: Fields,
    protocol: 'HTTP/1.1' | 'HTTP/1.0' | 'HTTP/2',
    length: number | 'stream' | 'none',
    address: string,
  ) {
    this.method = method
    this.path = path
    this.query = query
    this.host = host
    this.authority = authority
    this.port = port
    this.fields = fields
    this.protocol = protocol
    this.length = length
    this.address = address
  }
}

/** The answer on its way; `fields` becomes those of the service's answer. */
export class ResponseState implements ResponseHead {
  status: number = 0
  fields: Fields
  length: number | 'stream' | 'none' = 'none'
  source: 'service' | 'gateway' | 'cache' = 'gateway'
  constructor(fields: Fields) {
    this.fields = fields
  }
}
