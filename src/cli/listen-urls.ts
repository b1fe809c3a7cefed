/** Where something listens. */
interface Listening {
  readonly host: string
  readonly port: number
  readonly socket?: string
}

const everywhere = new Set(['', '0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'])

/** The URL a person would type on this machine. */
export const urlOf = ({ host, port, socket }: Listening): string => {
  if (socket !== undefined) return `unix:${socket}`
  return `http://${everywhere.has(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
}

/** URL of the admin API, when there is one. */
export const adminUrl = (admin: Listening | undefined): string | undefined =>
  admin === undefined ? undefined : urlOf(admin)
