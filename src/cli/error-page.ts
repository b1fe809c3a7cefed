import { errors, type ErrorCode, type ErrorEntry } from '../errors.ts'

/** First digits of a code, and what they stand for. */
export const families: readonly (readonly [prefix: string, name: string])[] = [
  ['GW10', 'The file'],
  ['GW11', 'A value in the file'],
  ['GW12', 'A reference in the file'],
  ['GW13', 'Routing'],
  ['GW14', 'The environment of the file'],
  ['GW15', 'The network, as check --online finds it'],
  ['GW20', 'Warnings'],
  ['GW4', 'The gateway refused a request'],
  ['GW5', 'The service side, and the gateway itself'],
  ['GW60', 'The process'],
]

/** The family of a code. */
const familyOf = (code: string): readonly [prefix: string, name: string] =>
  families.find(([prefix]) => code.startsWith(prefix)) ?? (['GW', 'Other'] as const)

/** Whether text is one of our codes. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errors, text)

const seen = (code: string, entry: ErrorEntry): string => {
  if (entry.status === 499) return 'No client sees it, because it had gone. It stands in the access log.'
  if (entry.status !== 0) {
    return `The client sees status ${entry.status} with a body of type application/problem+json and "code": "${code}". The access log has the code too.`
  }
  if (code.startsWith('GW60')) return 'The operator sees it in the log of the gateway or at start.'
  if (code.startsWith('GW15')) return 'The operator sees it in gwanmun check --online, with file, line and column.'
  return 'The operator sees it in gwanmun check, start, reload and the admin API, with file, line and column.'
}

/** An example for a page: what was wrong and what is right. */
export interface ErrorExample {
  readonly before: string
  readonly after: string
}

/** Guides that go on where a code's page ends, by the beginning of the code. */
const guides: readonly (readonly [prefix: string, guide: string, title: string])[] = [
  ['GW150', 'check-in-ci', 'Check in CI'],
  ['GW403', 'debug-403', 'Debug 403'],
  ['GW404', 'debug-404', 'Debug 404 and 405'],
  ['GW405', 'debug-404', 'Debug 404 and 405'],
  ['GW426', 'websockets', 'WebSocket and event streams'],
  ['GW502', 'debug-502', 'Debug 502 and 503'],
  ['GW503', 'debug-502', 'Debug 502 and 503'],
  ['GW504', 'debug-504', 'Debug 504'],
]

/** Markdown of a code's page. One source for `docs/reference/errors` and `gwanmun docs CODE`. */
export const errorPage = (code: ErrorCode, example?: ErrorExample): string => {
  const entry = errors[code]
  const [prefix, family] = familyOf(code)
  const related = (Object.keys(errors) as ErrorCode[]).filter(
    (other) => other !== code && other.slice(0, 5) === code.slice(0, 5),
  )
  const lines = [
    `# ${code}: ${entry.title}`,
    '',
    '## What happened',
    '',
    `${entry.title}. ${seen(code, entry)}`,
    '',
    '## Why',
    '',
    entry.cause,
    '',
    '## How to fix it',
    '',
    entry.fix,
    '',
  ]
  if (example !== undefined) {
    lines.push(
      'Before:',
      '',
      '```yaml',
      example.before.trimEnd(),
      '```',
      '',
      'After:',
      '',
      '```yaml',
      example.after.trimEnd(),
      '```',
      '',
    )
  }
  lines.push('## Related', '')
  const guide = guides.find(([start]) => code.startsWith(start))
  if (guide !== undefined) lines.push(`- [${guide[2]}](../../how-to/${guide[1]}.md): \`gwanmun docs ${guide[1]}\``)
  for (const other of related) lines.push(`- [${other}](${other}.md): ${errors[other].title}`)
  lines.push(`- All codes that begin with ${prefix}: ${family}. [Index](README.md)`, '')
  return lines.join('\n')
}
