import type { InnerRequest, InnerResponse } from './contract/data-plane.ts'
import { createGateway } from './gateway.ts'
import type { OwnPolicy } from './lib/define.ts'

/** What a policy under test stands in front of. */
export interface ThroughOptions {
  /** Path pattern of the route; everything by default. */
  readonly path?: string
  /** The answer behind the policy: a fixed one, or a service by its URL. */
  readonly answer?:
    | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
    | string
}

/**
 * Runs one request through a real gateway whose only route uses the policy: the parser, the stages and the answer are
 * those of production, only the client's socket is missing.
 */
export const through = async <Options>(
  policy: OwnPolicy<Options>,
  options: unknown,
  request: InnerRequest,
  { path = '/*', answer = { status: 200, body: 'ok' } }: ThroughOptions = {},
): Promise<InnerResponse> => {
  const isService = typeof answer === 'string'
  const gateway = await createGateway({
    config: {
      ...(isService ? { services: { behind: answer } } : {}),
      routes: {
        tested: { path, ...(isService ? { service: 'behind' } : { respond: answer }), use: [{ policy, options }] },
      },
    },
  })
  try {
    return await gateway.inject(request)
  } finally {
    await gateway.close(0)
  }
}
