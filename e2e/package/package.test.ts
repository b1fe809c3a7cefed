import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { folder, root, startGateway } from '../cli/command.ts'

const run = promisify(execFile)
const quiet = { maxBuffer: 1 << 26 }

/**
 * Packs the package as it is published and unpacks it where npm would put it. The packages it depends on are those that
 * are here already, so that no registry is asked.
 */
const install = async (cwd: string): Promise<string> => {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', cwd], {
    cwd: root,
    ...quiet,
  })
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
  assert.ok(packed !== undefined)
  const home = join(cwd, 'node_modules/gwanmun')
  mkdirSync(home, { recursive: true })
  await run('tar', ['-xzf', join(cwd, packed.filename), '-C', home, '--strip-components=1'])
  for (const name of [
    'commander',
    'yaml',
    ...readdirSync(join(root, 'node_modules')).filter((one) => /^node-(?:bin-)?(?:linux|darwin)/.test(one)),
  ]) {
    symlinkSync(join(root, 'node_modules', name), join(cwd, 'node_modules', name))
  }
  mkdirSync(join(cwd, 'node_modules/.bin'))
  symlinkSync('../gwanmun/bin/gwanmun', join(cwd, 'node_modules/.bin/gwanmun'))
  return home
}

test('what is packed can be installed and runs: version, check, init, docs, start, library', async (t) => {
  const cwd = folder(t)
  await run(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, ...quiet })
  const home = await install(cwd)
  const packed = readdirSync(home, { recursive: true, encoding: 'utf8' })
  assert.ok(packed.includes('dist/cli/main.js'))
  assert.deepEqual(
    packed.filter((path) => /^src\/|\.test\.|\.fixture\.|^e2e|^bench|^scripts/.test(path)),
    [],
    'what is for developers stays at home',
  )
  for (const folderName of ['schema', 'docs', 'templates', 'examples', 'LICENSE', 'README.md'])
    assert.ok(existsSync(join(home, folderName)), folderName)

  const bin = join(cwd, 'node_modules/.bin/gwanmun')
  const gwanmun = async (...args: string[]): Promise<string> => (await run(bin, args, { cwd, ...quiet })).stdout
  assert.match(await gwanmun('version'), /^gwanmun \d+\.\d+\.\d+/)
  assert.match(await gwanmun('docs', 'GW1201'), /How to fix it/)
  assert.match(await gwanmun('docs', 'how-to/routing'), /Route by host/)
  await gwanmun('init', '--yes')
  assert.match(await gwanmun('check', '--strict'), /is valid/)
  assert.match(await gwanmun('explain', 'GET', '/orders/1', '-c', 'gateway.yaml'), /readOrders/)

  writeFileSync(
    join(cwd, 'embed.mjs'),
    `import { createGateway } from 'gwanmun'
const gateway = await createGateway({ config: { routes: { hello: { path: '/hello', respond: 'hi' } } } })
console.log((await gateway.inject({ method: 'GET', url: '/hello' })).status)
await gateway.close()
`,
  )
  assert.match((await run(process.execPath, ['embed.mjs'], { cwd })).stdout, /^200$/m)

  writeFileSync(join(cwd, 'hello.yaml'), 'routes:\n  hello: { path: /hello, respond: hi }\n')
  const gateway = await startGateway(t, join(cwd, 'hello.yaml'), { cwd, program: bin })
  assert.equal(await (await fetch(`${gateway.url}/hello`)).text(), 'hi')
  assert.equal(dirname(home), join(cwd, 'node_modules'))
})
