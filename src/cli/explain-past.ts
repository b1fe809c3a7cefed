import type { PastRequest } from '../contract/past-request.ts'
import { createAdminClient } from './admin-client.ts'
import { exit, Stop, type ExitCode } from './exit.ts'
import { folderAdmin } from './folder-admin.ts'
import type { GlobalFlags } from './global-flags.ts'
import { pastRequestLines } from './past-request.ts'
import type { Terminal } from './terminal.ts'

/**
 * `gwanmun explain --request ID`: asks the running gateway for the record it keeps. Ends with exit code 1 when it keeps
 * none of that id, and 5 when no gateway answers.
 */
export const explainPast = async (id: string, global: GlobalFlags, terminal: Terminal): Promise<ExitCode> => {
  const client = createAdminClient(await folderAdmin(global, terminal), process.env['GWANMUN_TOKEN'])
  const path = `/v1/requests/${encodeURIComponent(id)}`
  const first = await client.ask('GET', path)
  const problem = first?.body as
    | { readonly code?: unknown; readonly detail?: string; readonly fix?: string }
    | undefined
  if (first?.status === 404 && problem?.code === 'GW4043')
    throw new Stop(exit.failure, `GW4043 ${client.url} knows nothing of ${id}: ${problem.detail ?? ''}`, problem.fix)
  const past = (first?.status === 200 ? first : await client.demand('GET', path)).body as PastRequest
  if (global.json) terminal.json(past)
  else for (const line of pastRequestLines(past, terminal)) terminal.print(line)
  return exit.ok
}
