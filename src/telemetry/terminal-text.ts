/** How a terminal is written to. */
export interface TerminalStyle {
  readonly colour: boolean
  /** The locale is UTF-8; else symbols have ASCII forms. */
  readonly unicode: boolean
}

/**
 * Style of a stream: colour off with `NO_COLOR`, `TERM=dumb` or no terminal, forced by `FORCE_COLOR`; symbols by the
 * locale.
 */
export const terminalStyle = (
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): TerminalStyle => {
  const set = (name: string): boolean => (environment[name] ?? '') !== ''
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || ''
  const forced = set('FORCE_COLOR') && environment['FORCE_COLOR'] !== '0'
  return {
    colour: !set('NO_COLOR') && (forced || (isTerminal && environment['TERM'] !== 'dumb')),
    unicode: /utf-?8/i.test(locale),
  }
}

export type Paint = 'green' | 'cyan' | 'yellow' | 'red' | 'dim' | 'bold'
const paints: Readonly<Record<Paint, readonly [number, number]>> = {
  green: [32, 39],
  cyan: [36, 39],
  yellow: [33, 39],
  red: [31, 39],
  dim: [2, 22],
  bold: [1, 22],
}

/** Colours a text if the style has colours. */
export const painted = (style: TerminalStyle, paint: Paint, text: string): string => {
  if (!style.colour || text === '') return text
  const [on, off] = paints[paint]
  return `\u001b[${on}m${text}\u001b[${off}m`
}
