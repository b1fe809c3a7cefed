import { fileURLToPath } from 'node:url'

/** An error that ended a thread, in one line: name, message, and the first place of its stack. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [, url, line] = /(file:\/\/[^\s()?]+?)(?:\?[^\s():]*)?:(\d+)/.exec(error.stack ?? '') ?? []
  const place = url === undefined ? '' : ` (${fileURLToPath(url)}:${line})`
  return `${error.name}: ${error.message}${place}`
}
