import type { Diagnostic } from '../../contract/diagnostic.ts'

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** A diagnostic as a workflow command, which GitHub Actions shows at the line of a pull request. */
export const githubLine = (one: Diagnostic): string => {
  const place = [
    `file=${property(one.file)}`,
    ...(one.line > 0 ? [`line=${one.line}`, `col=${one.column}`, `endColumn=${one.endColumn ?? one.column + 1}`] : []),
    `title=${property(one.code)}`,
  ]
  return `::${one.severity} ${place.join(',')}::${data(one.help === undefined ? one.message : `${one.message}. ${one.help}`)}`
}
