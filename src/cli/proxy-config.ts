import { exit, Stop } from './exit.ts'

/** One `path=url` of `gwanmun proxy`. */
export interface ProxyRoute {
  readonly name: string
  /** Path pattern of the route. */
  readonly path: string
  readonly target: string
}

const explain = 'Write <path>=<url>: gwanmun proxy /=http://localhost:3000'

const nameOf = (path: string, taken: ReadonlySet<string>): string => {
  const words = path
    .replace(/\/\*$/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
  const joined = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
  const base = joined === '' ? 'app' : /^[A-Za-z]/.test(joined) ? joined.slice(0, 60) : `r${joined}`.slice(0, 60)
  const reserved = new Set(['none', 'all', 'any'])
  let name = reserved.has(base) ? `${base}Path` : base
  for (let number = 2; taken.has(name); number++) name = `${base}${number}`
  return name
}

const targetOf = (written: string): string => {
  // A port or an address alone is what people type first.
  const full = /^\d+$/.test(written)
    ? `http://localhost:${written}`
    : /^[a-z]+:\/\//i.test(written)
      ? written
      : `http://${written}`
  const url = URL.parse(full)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new Stop(exit.usage, `"${written}" is no http URL`, explain)
  if (url.search !== '' || url.hash !== '')
    throw new Stop(exit.usage, `"${written}" has a query or a fragment, which a target cannot have`, explain)
  return full.replace(/\/+$/, '')
}

/** Reads the words of `gwanmun proxy`; a lone URL is `/=URL`. `/api` means all below it. */
export const proxyRoutes = (words: readonly string[]): ProxyRoute[] => {
  const names = new Set<string>()
  const paths = new Set<string>()
  return words.map((word) => {
    const equal = word.startsWith('/') ? word.indexOf('=') : -1
    // An address may hold an equals sign too, but none before its scheme or port.
    if (/^[^/=:][^=:]*=|^=/.test(word))
      throw new Stop(exit.usage, `"${word}" is no <path>=<url>: a path begins with /`, `Did you mean /${word}?`)
    if (word.startsWith('/') && equal < 0) throw new Stop(exit.usage, `"${word}" names no target`, explain)
    const prefix = equal < 0 ? '/' : word.slice(0, equal)
    const path = prefix.endsWith('*') ? prefix : `${prefix.replace(/\/+$/, '')}/*`
    if (paths.has(path)) throw new Stop(exit.usage, `${path} is given twice`)
    paths.add(path)
    const name = nameOf(path, names)
    names.add(name)
    return { name, path, target: targetOf(equal < 0 ? word : word.slice(equal + 1)) }
  })
}

const usualAdmin = 9901

/** What else the file says. */
export interface ProxySettings {
  readonly port: number
  /** Port of the admin API; not written when it is the usual one. */
  readonly admin: number
  readonly cors: boolean
}

const quoted = (text: string): string =>
  /^[\w/.:*-]+$/.test(text) && !text.startsWith('*') ? text : `'${text.replaceAll("'", "''")}'`

/** The configuration as a file that a person would write, ready to be added to. */
export const proxyConfig = (routes: readonly ProxyRoute[], settings: ProxySettings): string => {
  const lines = [
    '# Written by gwanmun proxy. gwanmun check tells what is wrong; gwanmun dev takes every change at once.',
  ]
  lines.push('listeners:', `  main: ${settings.port}`)
  // Verbs in this folder find the gateway by its file.
  if (settings.admin !== usualAdmin) lines.push('', `admin: ${settings.admin}`)
  if (settings.cors) lines.push('', 'defaults:', '  cors: true')
  lines.push('', 'services:', ...routes.map((route) => `  ${route.name}: ${quoted(route.target)}`))
  lines.push(
    '',
    'routes:',
    ...routes.map((route) => `  ${route.name}: { path: ${quoted(route.path)}, service: ${route.name} }`),
    '',
  )
  return lines.join('\n')
}
