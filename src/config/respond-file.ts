import { extname } from 'node:path'
import { readPlainFile } from './plain-file.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * A `respond` with `file` as one with `body`: the content is read now, and its braces are doubled because texts of
 * bodies are templates. Undefined when the file is no UTF-8 text.
 */
export const respondWithFile = (respond: Values, file: string): Values | undefined => {
  let content: string
  try {
    content = new TextDecoder('utf-8', { fatal: true }).decode(readPlainFile(file))
  } catch {
    return undefined
  }
  const headers = (respond['headers'] ?? {}) as Readonly<Record<string, string>>
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const type = contentTypes[extname(file).toLowerCase()] ?? 'text/plain; charset=utf-8'
  const { file: _, ...rest } = respond
  return {
    ...rest,
    headers: named ? headers : { ...headers, 'Content-Type': type },
    body: content.replaceAll(/[{}]/g, '$&$&'),
  }
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.csv': 'text/csv; charset=utf-8',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
  '.md': 'text/markdown; charset=utf-8',
}
