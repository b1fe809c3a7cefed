import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { folder, root, startGateway } from '../cli/command.ts'
import { RecordingTarget } from '../support/target.ts'
import { switching } from '../support/websocket.ts'
import { blocksOf } from './blocks.ts'

const run = promisify(execFile)

test('what docs/how-to/websockets.md says to check is so: 101 with the line of Origin, 403 without', async (t) => {
  const blocks = blocksOf(readFileSync(join(root, 'docs/how-to/websockets.md'), 'utf8'))
  const config = blocks.find(({ language }) => language === 'yaml')?.text ?? ''
  const check = blocks.find(({ language }) => language === 'sh')?.text ?? ''
  const target = await RecordingTarget.start()
  t.after(() => target.close())
  // curl goes on until the tunnel ends.
  target.answer = ({ connection }) => connection.end(switching())
  const cwd = folder(t, { 'gateway.yaml': config.replace('localhost:3001', `127.0.0.1:${target.port}`) })
  const { url } = await startGateway(t, 'gateway.yaml', { cwd })
  const statusOf = async (script: string): Promise<string | undefined> => {
    // A tunnel that ends without a byte is an error to curl.
    const real = `${script.trimEnd().replace('http://localhost:8080', url)} || true`
    const { stdout } = await run('sh', ['-c', real], { timeout: 10_000 })
    return /^HTTP\/1\.1 (\d+)/.exec(stdout)?.[1]
  }
  assert.equal(await statusOf(check), '101')
  assert.equal(await statusOf(check.replace(/ -H 'Origin: [^']+'/, '')), '403')
  assert.equal(target.requests.length, 1)
})
