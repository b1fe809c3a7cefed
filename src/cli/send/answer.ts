/** How long the parts of one exchange took, as the client saw them, ms. */
export interface Timings {
  /** 0 for an address and a unix socket. */
  readonly dns: number
  readonly connect: number
  /** From the request until the head of the answer. */
  readonly wait: number
  readonly body: number
  readonly total: number
}

/** What came back for a request that was sent. */
export interface Answer {
  readonly status: number
  readonly reason: string
  /** Flat name, value pairs as they came. */
  readonly rawHeaders: readonly string[]
  /** Bytes of the body that were read. */
  readonly bytes: number
  /** False: the answer was cut, or went on for longer than somebody waits. */
  readonly complete: boolean
  /** Beginning of the body. */
  readonly start: Uint8Array
  readonly timings: Timings
}

/** Value of the first field with a name, which is given in lower case. */
export const fieldOf = ({ rawHeaders }: Pick<Answer, 'rawHeaders'>, name: string): string | undefined => {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) return rawHeaders[i + 1]
  return undefined
}
