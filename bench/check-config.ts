import { program } from './peers/gwanmun.ts'
import type { Session } from './session.ts'

/** Runs `check` on a config file; throws with its diagnostics when it has errors. */
export async function checkConfig(session: Session, file: string): Promise<void> {
  const child = session.children.start('check', program, ['check', '-c', file], { cwd: session.folder })
  const code = await child.ended
  if (code !== 0) throw new Error(`check of ${file} ended with ${code}:\n${child.lastWords()}`)
}
