import { fileURLToPath } from 'node:url'

/** Where the gateway's own code lies, as the beginning of its addresses. */
const own = new URL('..', import.meta.url).href
const framePlace = /[\s(]((?:file:\/\/)?\/[^\s()?]+)(?:\?[^\s():]*)?(:\d+:\d+)\)?$/gm

/**
 * An error in one line: its name and message, then the first place of its stack that is neither the gateway's nor a
 * package's, for whoever wrote the code that threw. Never throws; code throws what it likes.
 */
export const errorLine = (error: unknown): string => {
  try {
    if (!(error instanceof Error)) return oneLine(String(error))
    const place = placeOf(error.stack ?? '')
    return `${error.name}: ${oneLine(error.message)}${place === undefined ? '' : ` at ${place}`}`
  } catch {
    return 'something that cannot be written down'
  }
}

const placeOf = (stack: string): string | undefined => {
  let first: string | undefined
  for (const [, file = '', position] of stack.matchAll(framePlace)) {
    const isUrl = file.startsWith('file:')
    const place = `${isUrl ? fileURLToPath(file) : file}${position}`
    if (!(isUrl ? file : `file://${file}`).startsWith(own) && !file.includes('/node_modules/')) return place
    first ??= place
  }
  return first
}

const oneLine = (text: string): string => text.replaceAll(/\s*[\r\n]\s*/g, ' ')
