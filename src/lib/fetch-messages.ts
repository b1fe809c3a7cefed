import type { InnerRequest, InnerResponse } from '../contract/data-plane.ts'

const bodiless = new Set([101, 204, 205, 304])

/** A web Request as the gateway's own; its body is read whole. */
export const fromRequest = async (request: Request): Promise<InnerRequest> => {
  const headers: string[] = []
  request.headers.forEach((value, name) => {
    headers.push(name, value)
  })
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
  return { method: request.method, url: request.url, headers, ...(body === undefined ? {} : { body }) }
}

/** The gateway's answer as a web Response. */
export const toResponse = (answer: InnerResponse, method: string): Response => {
  const headers = new Headers()
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2)
    headers.append(answer.rawHeaders[i] as string, answer.rawHeaders[i + 1] as string)
  const hasBody = !bodiless.has(answer.status) && method !== 'HEAD'
  return new Response(hasBody ? (answer.body as Uint8Array<ArrayBuffer>) : null, { status: answer.status, headers })
}
