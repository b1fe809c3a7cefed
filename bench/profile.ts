/**
 * Where the gateway's time goes: runs it under load with a CPU profile of every thread, and prints for each thread the
 * functions with the most self time. `node bench/profile.ts [small-get|post-16k|respond|download|upload] [--seconds N] [--keep FOLDER]`
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { runTransfer } from './load/transfer.ts'
import { runWrk } from './load/wrk.ts'
import { startGateway, type RunningGateway } from './peers/gwanmun.ts'
import { smallPaths } from './peers/peer.ts'
import { selfTimes, type CpuProfile } from './profile/self-time.ts'
import { Session } from './session.ts'
import { bigBytes, startTarget } from './target.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '4' },
    keep: { type: 'string' },
    top: { type: 'string', default: '30' },
  },
})
const scenario = positionals[0] ?? 'small-get'
const seconds = Math.max(1, Number(values.seconds))
const root = join(import.meta.dirname, '..', '/')

const loads: Readonly<Record<string, (session: Session, port: number, seconds: number) => Promise<unknown>>> = {
  'small-get': (session, port, length) => runWrk(session, { port, paths: smallPaths(50), seconds: length }),
  'post-16k': (session, port, length) =>
    runWrk(session, { port, method: 'POST', body: 1024, paths: ['/answers/42'], seconds: length }),
  respond: (session, port, length) => runWrk(session, { port, paths: ['/respond'], seconds: length }),
  download: (session, port, length) =>
    runTransfer(session, {
      port,
      path: '/download/big',
      mode: 'download',
      size: bigBytes,
      connections: 4,
      seconds: length,
    }),
  upload: (session, port, length) =>
    runTransfer(session, {
      port,
      path: '/upload/big',
      mode: 'upload',
      size: bigBytes,
      connections: 4,
      seconds: length,
    }),
}
const load = loads[scenario]
if (load === undefined) {
  console.error(`No load is called "${scenario}": ${Object.keys(loads).join(', ')}.`)
  process.exit(2)
}

function print(file: string, thread: string): void {
  // What the profiler itself spends is no part of the gateway.
  const times = selfTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, root).filter(
    ({ name }) => !/node:inspector|profile\/preload/.test(name),
  )
  const idle = times.find(({ name }) => name === '(idle)')?.time ?? 0
  const busy = times.reduce((sum, { time }) => sum + time, 0) - idle
  console.log(`\n${thread}: busy ${(busy / 1000).toFixed(0)} ms, idle ${(idle / 1000).toFixed(0)} ms`)
  for (const { name, time } of times.filter((entry) => entry.name !== '(idle)').slice(0, Number(values.top))) {
    console.log(`  ${((time / busy) * 100).toFixed(1).padStart(5)} %  ${name}`)
  }
}

const session = new Session()
try {
  const folder = join(session.folder, 'profiles')
  mkdirSync(folder)
  const target = await startTarget(session)
  const gateway: RunningGateway = await startGateway(
    { session, target, routes: 50, workers: 1, label: 'gwanmun' },
    {},
    {
      NODE_OPTIONS: `--import ${join(import.meta.dirname, 'profile/preload.ts')}`,
      GWANMUN_PROFILE_FOLDER: folder,
    },
  )
  await load(session, gateway.port, 4)
  writeFileSync(join(folder, 'go'), `${seconds * 1000}`)
  await load(session, gateway.port, seconds + 1)
  // Writing a profile takes the thread a moment, and threads that do nothing have theirs at once.
  await sleep(1500)
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .sort()
  if (files.length === 0) throw new Error('No thread wrote a profile.')
  for (const file of files) print(join(folder, file), file.replace('.cpuprofile', ''))
  if (values.keep !== undefined) {
    if (!existsSync(values.keep)) mkdirSync(values.keep, { recursive: true })
    for (const file of files) copyFileSync(join(folder, file), join(values.keep, file))
    console.log(`\nProfiles are in ${values.keep}.`)
  }
} finally {
  await session.end()
}
