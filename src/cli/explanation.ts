import type { ExplainRequest, ExplainResult, ExplainStep } from '../contract/data-plane.ts'
import { placeOf } from './route-words.ts'
import { section } from './section.ts'
import { columns } from './table.ts'
import type { Terminal } from './terminal.ts'

const marks: Readonly<Record<ExplainStep['verdict'], string>> = {
  passed: '✔',
  answered: '✖',
  unknown: '?',
  'not-reached': '–',
}
const maxLost = 6
const maxShown = 200

const routeLines = (request: ExplainRequest, result: ExplainResult, terminal: Terminal): string[] => {
  const rows: string[][] = []
  if (result.route !== undefined) {
    rows.push([`${terminal.style('green', '✔')} ${result.route}`, result.describes ?? '', placeOf(result.origin)])
  } else rows.push([`${terminal.style('red', '✖')} none takes ${request.method} ${request.url}`, '', ''])
  const all = result.lost ?? []
  // Without a match the losers are the answer. With one they are context: those of other paths only when they are few.
  const near = all.length <= maxLost ? all : all.filter((one) => !one.reason.startsWith('path'))
  const lost = result.route === undefined ? all.slice(0, maxShown) : near.slice(0, maxLost)
  for (const one of lost) rows.push([`${terminal.style('dim', '✖')} ${one.name}`, one.reason, placeOf(one.origin)])
  const left = all.length - lost.length
  return [...columns(rows), ...(left > 0 ? [`… ${left} more: gwanmun routes`] : [])]
}

const stepLines = (steps: readonly ExplainStep[], terminal: Terminal): string[] => {
  const color = { passed: 'green', answered: 'red', unknown: 'yellow', 'not-reached': 'dim' } as const
  return columns(
    steps.map((step, index) => [
      `${String(index + 1).padStart(String(steps.length).length)} ${terminal.style(color[step.verdict], marks[step.verdict])} ${step.name}`,
      terminal.style('dim', step.chain === 'route' ? step.stage : `${step.stage}, ${step.chain}`),
      step.words,
      placeOf(step.origin),
    ]),
  )
}

const resultLine = (result: ExplainResult, dry: boolean): string => {
  const end = dry ? '. Nothing was sent.' : '.'
  const { status, code, source, service, handler, target, sends, detail } = result
  if (source === 'handler') return `the handler ${handler ?? ''}`.trimEnd() + ` answers; it was not run${end}`
  if (source === 'service' || (source === undefined && service !== undefined && code === undefined)) {
    return `asks ${service ?? 'the service'}${target === undefined ? '' : ` at ${target}`}${sends === undefined ? '' : ` with ${sends}`}${end}`
  }
  const words = [String(status), code].filter((word) => word !== undefined).join(' ')
  return `${words}, made by the gateway${detail === undefined ? '' : `: ${detail.replace(/\.$/, '')}`}${end}`
}

/** An explanation as lines of text: route and losers, steps, result, fix. `dry`: nothing is sent afterwards. */
export const explanationLines = (
  request: ExplainRequest,
  result: ExplainResult,
  dry: boolean,
  terminal: Terminal,
): string[] => [
  ...section('Route', routeLines(request, result, terminal)),
  ...section(
    'Steps',
    result.steps === undefined || result.steps.length === 0 ? ['none'] : stepLines(result.steps, terminal),
  ),
  ...section('Result', [resultLine(result, dry)]),
  // A fix that says to run this very verb helps nobody who just did.
  ...(result.fix === undefined || result.fix.includes('gwanmun explain') ? [] : section('Fix', [result.fix])),
]
