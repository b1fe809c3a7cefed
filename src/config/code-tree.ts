import { pathToFileURL } from 'node:url'
import type { Finding } from './finding.ts'
import { objectTree } from './object-tree.ts'
import { locateIn } from './source-scan.ts'
import type { ParsedText } from './yaml-tree.ts'

/**
 * Imports a TypeScript or JavaScript configuration and takes its default export. What the code throws is told in one
 * line, with its place when the stack names it; never as a stack.
 */
export const importConfig = async (
  path: string,
  text: string,
  source: number,
  generation: number,
): Promise<ParsedText> => {
  let value: unknown
  try {
    const module = (await import(`${pathToFileURL(path).href}?generation=${generation}`)) as Readonly<
      Record<string, unknown>
    >
    value = await module['default']
  } catch (error) {
    return { tree: undefined, findings: [importFinding(error, path, text, source)] }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      tree: undefined,
      findings: [
        codeFinding(source, text, 0, 'the default export is no configuration', 'export default defineConfig({ … })'),
      ],
    }
  }
  return { tree: objectTree(value, source, locateIn(text)), findings: [] }
}

const codeFinding = (source: number, text: string, at: number, message: string, help: string): Finding => {
  const end = text.indexOf('\n', at)
  return { severity: 'error', source, start: at, end: end === -1 ? text.length : end, code: 'GW1006', message, help }
}

const importFinding = (error: unknown, path: string, text: string, source: number): Finding => {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const file = pathToFileURL(path).href
  const at = stack.indexOf(file)
  const place = at === -1 ? null : /^(?:\?[^:\s]*)?:([0-9]+)(?::([0-9]+))?/.exec(stack.slice(at + file.length))
  const line = Number(place?.[1] ?? 1)
  const starts =
    text
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length + (line > 1 ? 1 : 0)
  const offset = starts + Number(place?.[2] ?? 1) - 1
  const needed = /^Cannot find package '([^']+)'/.exec(message)?.[1]
  if (needed !== undefined) {
    const name = needed
      .split('/')
      .slice(0, needed.startsWith('@') ? 2 : 1)
      .join('/')
    const found = codeFinding(
      source,
      text,
      offset,
      `the package ${name}, which the file imports, is not installed`,
      `npm install ${name}`,
    )
    return { ...found, code: 'GW1403' }
  }
  const module = /^Cannot find module '([^']+)'/.exec(message)?.[1]
  const shown = module === undefined ? message : `cannot find ${module.replace(/^file:\/\//, '')}`
  return codeFinding(source, text, offset, `importing the file failed: ${shown}`, 'Mend the code; -v shows the stack.')
}
