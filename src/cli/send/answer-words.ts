import { shown } from '../../lib/shown.ts'
import { fieldOf, type Answer } from './answer.ts'

/** `dns 0 · connect 1 · wait 9 · body 2 ms`. */
const timingsLine = ({ timings }: Answer): string =>
  `${(['dns', 'connect', 'wait', 'body'] as const).map((part) => `${part} ${Math.round(timings[part])}`).join(' · ')} ms`

/** Code and sentence of a problem document; empty for another body. */
const problemWords = (answer: Answer): string => {
  if (!/^application\/problem\+json\b/i.test(fieldOf(answer, 'content-type') ?? '')) return ''
  try {
    const { code, detail } = JSON.parse(Buffer.from(answer.start).toString('utf8')) as Record<string, unknown>
    return shown([code, detail].filter((word) => typeof word === 'string').join(' '))
  } catch {
    return ''
  }
}

/** An answer as lines of text: status, where it came from, what it holds, how long it took. */
export const answerLines = (answer: Answer, url: string): string[] => {
  const [type, id] = (['content-type', 'x-request-id'] as const).map((name) => {
    const value = fieldOf(answer, name)
    return value === undefined ? undefined : shown(value)
  })
  const size = `${answer.bytes} ${answer.bytes === 1 ? 'byte' : 'bytes'}${type === undefined ? '' : ` of ${type}`}`
  const head = [shown(`${answer.status} ${answer.reason}`.trim()), problemWords(answer)].filter((word) => word !== '')
  return [
    `${head.join(' ').replace(/\.$/, '')} from ${url}`,
    `${size}${answer.complete ? '' : ', cut before its end'}${id === undefined ? '' : `, ${id}`}`,
    timingsLine(answer),
  ]
}

/** An answer as `explain --send --json` shows it; times in ms with one decimal. */
export const answerJson = (answer: Answer, url: string): unknown => {
  const { status, reason, rawHeaders: headers, bytes, complete, timings } = answer
  const rounded = Object.fromEntries(
    Object.entries(timings).map(([part, ms]) => [part, Math.round(Number(ms) * 10) / 10]),
  )
  return { url, status, reason, headers, bytes, complete, timings: rounded }
}
