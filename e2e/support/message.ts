/** A message's bytes as text: lines, joined and ended by CRLF and an empty line, then the body. */
export const message = (lines: readonly string[], body = ''): string => `${lines.join('\r\n')}\r\n\r\n${body}`

/** A GET of `/` with a good Host and these field lines. */
export const get = (...fields: readonly string[]): string => message(['GET / HTTP/1.1', 'Host: a.test', ...fields])

/** A GET of this request target. */
export const getTarget = (target: string): string => message([`GET ${target} HTTP/1.1`, 'Host: a.test'])

/** A POST of `/` with a good Host, these field lines and a body. */
export const post = (fields: readonly string[], body = ''): string =>
  message(['POST / HTTP/1.1', 'Host: a.test', ...fields], body)

/** A chunked POST of `/`. */
export const chunked = (body: string, ...fields: readonly string[]): string =>
  post(['Transfer-Encoding: chunked', ...fields], body)

/** A request that must never be seen by a target. */
export const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: evil.test\r\n\r\n'

/** Two hexadecimal digits. */
export const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
