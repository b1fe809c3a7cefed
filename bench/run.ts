import { parseArgs, type ParseArgsConfig } from 'node:util'
import { machineFacts } from './machine.ts'
import { caddy } from './peers/caddy.ts'
import { gwanmun } from './peers/gwanmun.ts'
import { haproxy } from './peers/haproxy.ts'
import { nginx } from './peers/nginx.ts'
import { outcomeText } from './report.ts'
import { keepResult, writeBenchmarksPage, type Result } from './results.ts'
import { isMet, type Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { isInterrupted, Session } from './session.ts'
import { coarse, quoted } from './statistics.ts'

const usage = `Usage: npm run bench -- [NAME… | all] [--quick] [--json] [--only PART,…] [--subject PEER]

  --quick          few pairs and short runs: a coarse look that is not written to docs/
  --json           one JSON object a scenario on stdout, progress on stderr
  --only PART,…    only these parts of a scenario: \`policies --only cors,headers\`
  --subject PEER   judge nginx, haproxy or caddy instead: tries the harness itself; not written to docs/
  --list           this list

Exit code 7: a figure is above its limit.

`
const kinds = { gwanmun, nginx, haproxy, caddy }

function isPeer(name: string): name is keyof typeof kinds {
  return Object.hasOwn(kinds, name)
}

function fail(text: string): never {
  console.error(text)
  process.exit(2)
}

function list(): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  return scenarios.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n')
}

function choose(names: readonly string[]): readonly Scenario[] {
  if (names.includes('all')) return scenarios
  return names.map(
    (name) =>
      scenarios.find((scenario) => scenario.name === name) ?? fail(`No scenario is called "${name}".\n\n${list()}`),
  )
}

const options = {
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    only: { type: 'string', default: '' },
    subject: { type: 'string', default: 'gwanmun' },
  },
} as const satisfies ParseArgsConfig

function read(): ReturnType<typeof parseArgs<typeof options>> {
  try {
    return parseArgs(options)
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

const { values, positionals } = read()
if (values.help || values.list || positionals.length === 0) {
  console.log(usage + list())
  process.exit(0)
}
if (!isPeer(values.subject)) fail(`No contestant is called "${values.subject}": ${Object.keys(kinds).join(', ')}.`)
const subject = kinds[values.subject]
const quotable = subject === gwanmun && !values.quick
const names = scenarios.map(({ name }) => name)
let missed = false

for (const scenario of choose(positionals)) {
  if (scenario.own === true && subject !== gwanmun) fail(`${scenario.name} measures gwanmun alone.`)
  const session = new Session()
  try {
    const outcome = await scenario.run({
      session,
      rule: values.quick ? coarse : quoted,
      seconds: 2,
      subject,
      only: values.only === '' ? [] : values.only.split(','),
      quotable,
      say: (text) => console.error(`  ${scenario.name}: ${text}`),
    })
    const result: Result = {
      scenario: scenario.name,
      title: scenario.title,
      command: `npm run bench ${scenario.name}`,
      date: new Date().toISOString().slice(0, 10),
      quick: values.quick,
      machine: machineFacts(),
      versions: [gwanmun, nginx, haproxy, caddy].map((peer) => peer.version()),
      outcome,
    }
    if (quotable) {
      keepResult(result)
      writeBenchmarksPage(names)
    }
    console.log(values.json ? JSON.stringify(result) : `\n${outcomeText(scenario.title, outcome)}`)
    if (!outcome.checks.every(isMet)) missed = true
  } catch (error) {
    if (isInterrupted()) break
    console.error(`${scenario.name}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  } finally {
    await session.end()
  }
}
if (missed && process.exitCode === undefined) process.exitCode = 7
