/** Where a target's URL leads: host and port, or the path of a unix socket. */
export const targetAddress = (
  url: string,
): { readonly host: string; readonly port: number } | { readonly path: string } => {
  if (url.startsWith('unix:')) return { path: url.slice('unix:'.length).replace(/^\/\//, '') }
  const { hostname, port, protocol } = new URL(url)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  }
}
