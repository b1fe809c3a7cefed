import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { command, echoService, folder, root, running, type Running } from '../cli/command.ts'
import { freePort } from '../support/ports.ts'
import { blocksOf, type Block } from './blocks.ts'

interface Reader {
  readonly cwd: string
  readonly env: Record<string, string>
  /** Puts free ports in place of the ones that the text names. */
  real(text: string): string
  gateway: Running | undefined
}

/** A folder in which `npx gwanmun` is this gateway and `gwanmun` can be imported, as after an installation. */
const newReader = async (t: TestContext): Promise<Reader> => {
  const service = await echoService(t, 'app')
  const [gateway, admin] = [await freePort(), await freePort()]
  const cwd = folder(t)
  mkdirSync(join(cwd, 'bin'))
  const npx = join(cwd, 'bin/npx')
  writeFileSync(npx, `#!/bin/sh\nshift\nexec ${join(root, 'bin/gwanmun')} "$@"\n`)
  chmodSync(npx, 0o755)
  mkdirSync(join(cwd, 'node_modules/gwanmun'), { recursive: true })
  writeFileSync(
    join(cwd, 'node_modules/gwanmun/package.json'),
    '{"name":"gwanmun","type":"module","exports":"./index.js"}',
  )
  writeFileSync(join(cwd, 'node_modules/gwanmun/index.js'), `export * from '${join(root, 'src/index.ts')}'\n`)
  return {
    cwd,
    env: {
      PATH: `${join(cwd, 'bin')}:${process.env['PATH'] ?? ''}`,
      GWANMUN_PORT: String(gateway),
      GWANMUN_ADMIN_PORT: String(admin),
      GWANMUN_ADMIN: `http://127.0.0.1:${admin}`,
    },
    real: (text) =>
      text
        .replaceAll('localhost:3000', `localhost:${service.port}`)
        .replaceAll('8080', String(gateway))
        .replaceAll('9901', String(admin)),
    gateway: undefined,
  }
}

interface ShellResult {
  readonly code: number | null
  readonly output: string
}

const shell = (script: string, reader: Reader): Promise<ShellResult> =>
  new Promise((resolve) => {
    const child = spawn('sh', ['-ec', script], {
      cwd: reader.cwd,
      env: { ...process.env, NO_COLOR: '1', ...reader.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.once('close', (code) => resolve({ code, output }))
  })

const runsOn = /^npx gwanmun (demo|proxy|dev|start)\b(.*)$/

const runShell = async (t: TestContext, reader: Reader, { text, line }: Block): Promise<string> => {
  const script = reader.real(text)
  const going = runsOn.exec(script.trim())
  if (going !== null) {
    await reader.gateway?.end('SIGINT')
    const words = `${going[1] ?? ''}${going[2] ?? ''}`.trim().split(/\s+/)
    reader.gateway = running(t, words, { cwd: reader.cwd, env: reader.env })
    await reader.gateway.seen(/Gateway +http/)
    return ''
  }
  const { code, output } = await shell(script, reader)
  assert.equal(code, 0, `README.md:${line}\n${output}`)
  return output
}

const useYaml = async (reader: Reader, { text, line }: Block): Promise<void> => {
  writeFileSync(join(reader.cwd, 'gateway.yaml'), reader.real(text))
  await reader.gateway?.seen(/reloaded: \d+ routes/)
  const { code, stdout } = await command(['check', '--strict'], { cwd: reader.cwd })
  assert.equal(code, 0, `README.md:${line}\n${stdout}`)
}

const useTypeScript = async (reader: Reader, { text, line }: Block): Promise<void> => {
  const name = /^\/\/ (\S+)\n/.exec(text)?.[1]
  assert.ok(name !== undefined, `README.md:${line}: a block of TypeScript begins with its file name`)
  // A folder of its own: two configurations in one folder are an error.
  const file = join('ts', name)
  mkdirSync(join(reader.cwd, 'ts'), { recursive: true })
  writeFileSync(join(reader.cwd, file), reader.real(text))
  if (name.startsWith('gateway.')) {
    const { code, stdout } = await command(['check', '--strict', file], { cwd: reader.cwd })
    assert.equal(code, 0, `README.md:${line}\n${stdout}`)
  } else {
    const { code, output } = await shell(`${process.execPath} ${file}`, reader)
    assert.equal(code, 0, `README.md:${line}\n${output}`)
    assert.match(output, /^200$/m)
  }
}

test('every block of README.md does what it says, from top to bottom', async (t) => {
  const reader = await newReader(t)
  const outputs: string[] = []
  for (const block of blocksOf(readFileSync(join(root, 'README.md'), 'utf8'))) {
    // oxlint-disable-next-line no-await-in-loop -- a reader goes from top to bottom
    if (block.language === 'sh') outputs.push(await runShell(t, reader, block))
    // oxlint-disable-next-line no-await-in-loop -- as above
    else if (block.language === 'yaml') await useYaml(reader, block)
    // oxlint-disable-next-line no-await-in-loop -- as above
    else if (block.language === 'ts') await useTypeScript(reader, block)
    else assert.fail(`README.md:${block.line}: nobody runs a block of "${block.language}"`)
  }
  const all = outputs.join('\n')
  for (const said of [
    /"id": 1/,
    /"customer": "Ida"/,
    /GW4041/,
    /Route +✖ none takes GET \/ordrs\/1/,
    /^ok/m,
    /GW4031/,
    /is valid: 5 routes, 1 service/,
  ])
    assert.match(all, said)
})
