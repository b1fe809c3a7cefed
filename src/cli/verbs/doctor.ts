import type { GatewayInfo } from '../../contract/admin.ts'
import type { Finding } from '../doctor/finding.ts'
import { exit } from '../exit.ts'
import type { GlobalFlags } from '../global-flags.ts'
import type { WantedPort } from '../doctor/ports.ts'
import { columns } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { defineVerb, type Verb } from '../verb.ts'

interface Subject {
  readonly ports: readonly WantedPort[]
  readonly hosts: readonly string[]
  readonly state: string
  readonly config: Finding
}

/** What the configuration wants of this machine; the defaults where there is none, or where it has errors. */
const subjectOf = async (global: GlobalFlags): Promise<Subject> => {
  const { good, warning } = await import('../doctor/finding.ts')
  const { readConfig } = await import('../engine.ts')
  const { file, snapshot, diagnostics } = await readConfig(global)
  const plain = {
    ports: [
      { name: 'the listener', host: '0.0.0.0', port: 8080 },
      { name: 'the admin API', host: '127.0.0.1', port: 9901 },
    ],
    hosts: [],
    state: '.gwanmun',
  }
  if (snapshot === undefined) {
    const absent = diagnostics.some((one) => one.code === 'GW1005')
    return {
      ...plain,
      config: absent
        ? good('configuration', 'none here; the defaults were looked at')
        : warning('configuration', `${file} has errors`, 'gwanmun check shows them.'),
    }
  }
  const { admin } = snapshot.settings
  return {
    ports: [
      ...snapshot.listeners
        .filter((one) => one.socket === undefined && one.port > 0)
        .map((one) => ({ name: `listener ${one.name}`, host: one.host, port: one.port })),
      ...(admin === undefined ? [] : [{ name: 'the admin API', host: admin.host, port: admin.port }]),
    ],
    hosts: [...new Set(snapshot.services.flatMap((one) => one.targets.map((target) => hostOf(target.url))))].filter(
      (host) => host !== '',
    ),
    state: snapshot.settings.state,
    config: good('configuration', `${file} is valid`),
  }
}

const hostOf = (url: string): string => {
  try {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
    return /^[\d.]+$|:/.test(host) ? '' : host
  } catch {
    return ''
  }
}

/** Whether the gateway of this folder runs: the ports it has are then its own. */
const runsHere = async (global: GlobalFlags, terminal: Terminal): Promise<boolean> => {
  const { createAdminClient } = await import('../admin-client.ts')
  const { otherFile } = await import('../asked-gateway.ts')
  const { folderAdmin } = await import('../folder-admin.ts')
  const client = createAdminClient(await folderAdmin(global, terminal), process.env['GWANMUN_TOKEN'], 1000)
  const answer = await client.ask('GET', '/v1/info')
  // One that wants a token and got none says not what it runs.
  if (answer?.status !== 200) return (await client.ask('GET', '/healthz'))?.status === 200
  const info = answer.body as Partial<GatewayInfo> | undefined
  return info?.config !== undefined && (await otherFile(info.config.file, global)) === undefined
}

const examine = async (global: GlobalFlags, terminal: Terminal): Promise<Finding[]> => {
  const machine = await import('../doctor/machine.ts')
  const { good } = await import('../doctor/finding.ts')
  const { lookAtState } = await import('../doctor/folders.ts')
  const { lookAtPorts } = await import('../doctor/ports.ts')
  const subject = await subjectOf(global)
  const running = await runsHere(global, terminal)
  return [
    machine.lookAtNode(),
    machine.lookAtProcessors(),
    machine.lookAtDescriptors(),
    machine.lookAtClock(),
    subject.config,
    ...(await lookAtPorts(subject.ports, running)),
    ...(await machine.lookAtNames(subject.hosts)),
    machine.lookAtProxies(process.env),
    machine.lookAtMigration(),
    await machine.lookAtSharedPorts(),
    lookAtState(subject.state),
    good('telemetry', 'none: nothing is sent to anyone'),
  ]
}

/** `gwanmun doctor`. */
export const doctor: Verb = defineVerb({
  name: 'doctor',
  summary: 'Looks at this machine: Node, ports, limits, clock, names, kernel settings, state folder',
  details: 'Exit code 1 when something would keep the gateway from running; warnings do not count.',
  examples: ['gwanmun doctor', 'gwanmun doctor --json'],
  async run({ global, terminal }) {
    const findings = await examine(global, terminal)
    const failed = findings.some((one) => one.state === 'bad')
    if (global.json) terminal.json({ ok: !failed, findings })
    else {
      const marks = {
        ok: terminal.style('green', '✔'),
        warning: terminal.style('yellow', '▲'),
        bad: terminal.style('red', '✖'),
      }
      const rows: string[][] = []
      for (const one of findings) {
        rows.push([marks[one.state], one.name, one.says])
        if (one.fix !== undefined) rows.push(['', '', terminal.style('dim', one.fix)])
      }
      for (const line of columns(rows)) terminal.print(line)
    }
    return failed ? exit.failure : exit.ok
  },
})
