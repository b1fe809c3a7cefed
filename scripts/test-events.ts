import type { EventData } from 'node:test'

/** One finished test of a file, as a line of JSON. */
export interface TestEvent {
  readonly name: string
  readonly line: number | undefined
  readonly outcome: 'passed' | 'failed' | 'left out'
  /** Stack of the failure, or why the test was left out. */
  readonly why: string
}

type Happening =
  | { readonly type: 'test:pass'; readonly data: EventData.TestPass }
  | { readonly type: 'test:fail'; readonly data: EventData.TestFail }
  | { readonly type: string; readonly data: unknown }

const isPass = (event: Happening): event is { type: 'test:pass'; data: EventData.TestPass } =>
  event.type === 'test:pass'
const isFail = (event: Happening): event is { type: 'test:fail'; data: EventData.TestFail } =>
  event.type === 'test:fail'

const eventOf = (happening: Happening): TestEvent | undefined => {
  if (isPass(happening)) {
    const { name, line, skip, todo, details } = happening.data
    if (details.type === 'suite') return undefined
    const left = skip ?? todo
    return left === undefined
      ? { name, line, outcome: 'passed', why: '' }
      : { name, line, outcome: 'left out', why: String(left) }
  }
  if (!isFail(happening)) return undefined
  const { name, line, details } = happening.data
  const { error } = details
  // A suite or test fails with what is in it, and that is told by itself.
  if (/\d+ subtests? failed/.test(error.message)) return undefined
  const cause = error.cause instanceof Error ? error.cause : error
  return { name, line, outcome: 'failed', why: cause.stack ?? cause.message }
}

/** Reporter for node:test: every finished test as a line that the runner can read. */
export default async function* events(source: AsyncIterable<Happening>): AsyncGenerator<string> {
  for await (const happening of source) {
    const event = eventOf(happening)
    if (event !== undefined) yield `${JSON.stringify(event)}\n`
  }
}
