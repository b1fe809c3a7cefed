/**
 * Loaded into every thread of the gateway by `--import`. When the file `go` appears in the folder that the environment
 * names, it takes a CPU profile for as many ms as that file says and writes it as `NAME-NUMBER.cpuprofile`.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { threadId, threadName } from 'node:worker_threads'

const folder = process.env['GWANMUN_PROFILE_FOLDER']

function take(path: string, duration: number): void {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.setSamplingInterval', { interval: 200 })
  session.post('Profiler.start')
  setTimeout(() => {
    session.post('Profiler.stop', (error, { profile }) => {
      session.disconnect()
      if (error !== null) return
      writeFileSync(`${path}.tmp`, JSON.stringify(profile))
      renameSync(`${path}.tmp`, path)
    })
  }, duration)
}

if (folder !== undefined) {
  const watch = setInterval(() => {
    if (!existsSync(join(folder, 'go'))) return
    clearInterval(watch)
    take(
      join(folder, `${threadId === 0 ? 'main' : `${threadName ?? 'thread'}-${threadId}`}.cpuprofile`),
      Number(readFileSync(join(folder, 'go'), 'utf8')),
    )
  }, 100)
  watch.unref()
}
