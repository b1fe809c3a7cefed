/** The bytes of one GET for the load loop. */
export const requestBytes = (
  host: string,
  path: string,
  headers: readonly (readonly [name: string, value: string])[],
): Buffer => {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const given = headers.some(([name]) => name.toLowerCase() === 'host') ? '' : `Host: ${host}\r\n`
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\n${given}Accept: */*\r\nUser-Agent: gwanmun-bench\r\n${fields}\r\n`,
    'latin1',
  )
}

/** Host, port and path of an http URL. */
export const addressOf = (url: URL): { readonly host: string; readonly port: number } => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: url.port === '' ? 80 : Number(url.port),
})
