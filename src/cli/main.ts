import { run } from './run.ts'

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdinIsTty: process.stdin.isTTY,
  platform: process.platform,
})
// Code of the operator's that was imported may hold sockets or timers open; nobody waits for them, but for what was
// printed.
process.stdout.write('', () => process.stderr.write('', () => process.exit()))
