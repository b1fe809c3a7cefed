import { exit, type ExitCode } from '../exit.ts'
import { flag, oneOf } from '../flag.ts'
import type { Examined } from '../fix/fix-config.ts'
import type { GlobalFlags } from '../global-flags.ts'
import { count, type Verdict } from '../report/verdict.ts'
import type { Terminal } from '../terminal.ts'
import { defineVerb, type Verb } from '../verb.ts'

const codeOf = (verdicts: readonly Verdict[], strict: boolean): ExitCode => {
  const all = verdicts.flatMap((verdict) => verdict.diagnostics)
  if (count(all, 'error') > 0) return exit.config
  return strict && count(all, 'warning') > 0 ? exit.findings : exit.ok
}

/** What `--fix` did, for people. */
const fixLines = ({ fixed = [], notFixed }: Verdict, terminal: Terminal): string[] => [
  ...fixed.map(
    ({ file, line, column, from, to }) =>
      `${terminal.style('green', 'fixed')} ${file}:${line}:${column} ${from} → ${to}`,
  ),
  ...(notFixed === undefined ? [] : [`${terminal.style('yellow', 'not fixed')}: ${notFixed}`]),
  ...(fixed.length > 0 || notFixed !== undefined ? [''] : []),
]

const printPretty = async (verdicts: readonly Verdict[], terminal: Terminal): Promise<void> => {
  const { formatDiagnostics, formatSummary } = await import('../engine.ts')
  const style = { color: terminal.color, ascii: terminal.ascii, width: terminal.tty ? terminal.width : 0 }
  for (const verdict of verdicts) {
    for (const line of fixLines(verdict, terminal)) terminal.print(line)
    if (verdict.diagnostics.length > 0) terminal.print(`${await formatDiagnostics(verdict.diagnostics, style)}\n`)
    terminal.print(await formatSummary(verdict, style))
  }
}

const printJson = async (verdicts: readonly Verdict[], terminal: Terminal): Promise<void> => {
  const { verdictJson } = await import('../report/json.ts')
  const [first] = verdicts
  if (verdicts.length === 1 && first !== undefined) terminal.json(verdictJson(first))
  else {
    const files = verdicts.map(verdictJson)
    terminal.json({ ok: files.every((file) => file.ok), files })
  }
}

interface CheckFlags {
  readonly online: boolean
  readonly fix: boolean
}

const examine = async (file: string | undefined, flags: CheckFlags, global: GlobalFlags): Promise<Verdict> => {
  const { readConfig, tryCode, tryTargets } = await import('../engine.ts')
  const begun = performance.now()
  const read = async (edited: ReadonlyMap<string, string>): Promise<Examined> => {
    const { snapshot, diagnostics, file: shown, texts } = await readConfig(global, file, edited)
    const findings = snapshot === undefined ? [] : await tryCode(snapshot)
    const verdict = {
      file: shown,
      diagnostics: [...diagnostics, ...findings],
      routes: snapshot?.routes.length ?? 0,
      services: snapshot?.services.length ?? 0,
      took: performance.now() - begun,
    }
    return { verdict, texts }
  }
  const verdict = flags.fix
    ? await (await import('../fix/fix-config.ts')).fixConfig(read)
    : (await read(new Map())).verdict
  if (!flags.online || count(verdict.diagnostics, 'error') > 0) return verdict
  const unreached = await tryTargets(global, file ?? global.config)
  return { ...verdict, diagnostics: [...verdict.diagnostics, ...unreached], took: performance.now() - begun }
}

/** `gwanmun check [file…]`. */
export const check: Verb = defineVerb({
  name: 'check',
  alias: 'validate',
  summary: 'Checks configurations: syntax, types, references, routing, environment. Changes nothing without --fix',
  details:
    'Code that the configuration names is imported and its policies are made, as at a start; nothing is served. With --online a target that cannot be reached within 3 s is an error; after 30 s the rest is left out with a warning. A configuration with errors is not tried. With --fix the files are corrected first, included ones too; comments and layout stay, TypeScript is left alone, and nothing is written when more errors would come of it.',
  words: [{ name: 'file', says: 'Files to check. Default: that of --config, or of this folder', many: true }],
  flags: {
    online: flag('Also looks up the names of targets and opens a connection to each; sends nothing'),
    fix: flag('Corrects misspelled keys and words in the files where only one can be meant'),
    strict: flag('Warnings fail too (exit code 4)'),
    format: oneOf(['pretty', 'json', 'github', 'sarif'], 'How findings are written', 'pretty'),
  },
  examples: [
    'gwanmun check',
    'gwanmun check gateway.yaml teams.yaml --strict',
    'gwanmun check --online',
    'gwanmun check --fix',
    'gwanmun check --format sarif > findings.sarif',
  ],
  async run({ words, flags, global, terminal }) {
    const verdicts: Verdict[] = []
    for (const file of words.length === 0 ? [undefined] : words) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other: each may import code
      verdicts.push(await examine(file, flags, global))
    }
    const format = global.json ? 'json' : flags.format
    if (format === 'github' || format === 'sarif')
      for (const line of verdicts.flatMap((verdict) => fixLines(verdict, terminal))) terminal.say(line)
    if (format === 'json') await printJson(verdicts, terminal)
    else if (format === 'sarif') terminal.json((await import('../report/sarif.ts')).sarifLog(verdicts))
    else if (format === 'github') {
      const { githubLine } = await import('../report/github.ts')
      for (const one of verdicts.flatMap((verdict) => verdict.diagnostics)) terminal.print(githubLine(one))
    } else await printPretty(verdicts, terminal)
    return codeOf(verdicts, flags.strict)
  },
})
