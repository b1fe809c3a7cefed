import type { ReloadAnswer } from '../../contract/admin.ts'
import { createAdminClient } from '../admin-client.ts'
import { demandOwn, gatewayInfo } from '../asked-gateway.ts'
import { exit } from '../exit.ts'
import { folderAdmin } from '../folder-admin.ts'
import { defineVerb, type Verb } from '../verb.ts'

/** `gwanmun reload`. */
export const reload: Verb = defineVerb({
  name: 'reload',
  summary: 'Makes the running gateway read its configuration again; a bad one changes nothing',
  details:
    'Asks the gateway of the configuration of this folder, or of --config. When the one that answers runs another file it is left alone, with exit code 5; --admin says which one is meant.',
  examples: ['gwanmun reload', 'gwanmun reload --admin http://10.0.0.5:9901'],
  async run({ global, terminal }) {
    const client = createAdminClient(await folderAdmin(global, terminal), process.env['GWANMUN_TOKEN'], 60_000)
    await demandOwn(client.url, await gatewayInfo(client), global)
    const answer = await client.demand('POST', '/v1/reload', {})
    const body = (answer.body ?? {}) as Partial<ReloadAnswer>
    const diagnostics = body.diagnostics ?? []
    const refused = answer.status === 422
    if (global.json) terminal.json({ ok: !refused, ...body })
    else {
      if (diagnostics.length > 0) {
        const { formatDiagnostics } = await import('../engine.ts')
        terminal.print(
          await formatDiagnostics(diagnostics, { color: terminal.color, ascii: terminal.ascii, width: terminal.width }),
        )
      }
      if (refused) terminal.print(`${terminal.style('red', '✖')} refused; the configuration that ran still runs`)
      else {
        const { hash } = body
        terminal.print(
          `${terminal.style('green', '✔')} ${body.changed === false ? 'nothing changed' : 'live'}${hash === undefined ? '' : `: ${hash}`}`,
        )
      }
    }
    return refused ? exit.config : exit.ok
  },
})
