import type { ParsedText } from './yaml-tree.ts'
import { parseYaml } from './yaml-tree.ts'

/** Parses JSON; positions come from the YAML parser, of whose language JSON is a part. */
export const parseJson = (text: string, source: number): ParsedText => {
  if (text.trim() === '') return { tree: undefined, findings: [] }
  try {
    JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const at = Math.min(Number(/at position ([0-9]+)/.exec(message)?.[1] ?? text.length), Math.max(0, text.length - 1))
    const what = message.startsWith('Unexpected end')
      ? 'the JSON ends too early'
      : `unexpected ${JSON.stringify(text[at] ?? '')} in JSON`
    return {
      tree: undefined,
      findings: [
        {
          severity: 'error',
          source,
          start: at,
          end: at + 1,
          code: 'GW1001',
          message: what,
          help: 'JSON has double quotes, no comments and no comma at the end.',
        },
      ],
    }
  }
  return parseYaml(text, source)
}
