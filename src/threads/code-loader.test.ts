import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { importNamed } from './named-code.ts'
import { createCodeLoader } from './code-loader.ts'
import { extension, root } from './thread-file.ts'

const loader = createCodeLoader(root, extension)
let folder = ''
const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
const load = async (file: string, generation: number, name = 'default'): Promise<unknown> =>
  loader.importCode({ file: join(folder, file), export: name, options: undefined }, generation)

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gwanmun-code-'))
  await mkdir(join(folder, 'node_modules/counter'), { recursive: true })
  await write('node_modules/counter/package.json', '{"name":"counter","type":"module","exports":"./index.js"}')
  await write(
    'node_modules/counter/index.js',
    'globalThis.loadsOfCounter = (globalThis.loadsOfCounter ?? 0) + 1\nexport const loads = globalThis.loadsOfCounter\n',
  )
  await write('package.json', '{"type":"module"}')
})
after(() => rm(folder, { recursive: true, force: true }))

test('a generation sees the files as they were when it was first imported, helpers included', async () => {
  await write('helper.ts', "export const word: string = 'one'\n")
  await write('policy.ts', "import { word } from './helper.ts'\nexport default word\n")
  assert.equal(await load('policy.ts', 1), 'one')
  await write('helper.ts', "export const word: string = 'two'\n")
  assert.equal(await load('policy.ts', 1), 'one')
  assert.equal(await load('policy.ts', 2), 'two')
})

test('CommonJS files are taken anew too', async () => {
  await write('old.cjs', "module.exports = { word: require('./part.cjs') }\n")
  await write('part.cjs', "module.exports = 'one'\n")
  await write('uses-old.ts', "import old from './old.cjs'\nexport default old.word\n")
  assert.equal(await load('uses-old.ts', 3), 'one')
  await write('part.cjs', "module.exports = 'two'\n")
  assert.equal(await load('uses-old.ts', 4), 'two')
})

test('a file written as a module is one, whatever the package.json above it says', async () => {
  await mkdir(join(folder, 'fresh'))
  await write('fresh/package.json', '{"type":"commonjs"}')
  await write('fresh/part.js', "export const word = 'one'\n")
  await write('fresh/policy.ts', "import { word } from './part.js'\nexport default word as string\n")
  await write('fresh/old.js', "exports.word = 'old' // not import or export\n")
  await write('fresh/uses-old.ts', "import { word } from './old.js'\nexport default word\n")
  assert.equal(await load('fresh/policy.ts', 5), 'one')
  assert.equal(await load('fresh/uses-old.ts', 5), 'old')
  await write('fresh/part.js', "export const word = 'two'\n")
  await write('fresh/old.js', "exports.word = 'older'\n")
  assert.equal(await load('fresh/policy.ts', 6), 'two')
  assert.equal(await load('fresh/uses-old.ts', 6), 'older')
})

test('packages of node_modules are imported once, whatever the generation', async () => {
  await write('counts.ts', "import { loads } from 'counter'\nexport default loads\n")
  assert.equal(await load('counts.ts', 7), 1)
  assert.equal(await load('counts.ts', 8), 1)
})

test('gwanmun in the code of an operator is the running gateway', async () => {
  await write('face.ts', "import * as face from 'gwanmun'\nexport default Object.keys(face)\n")
  const face = (await import('../index.ts')) as Record<string, unknown>
  assert.deepEqual(await load('face.ts', 9), Object.keys(face))
})

test('an export is found by name and by JSON pointer, never on a prototype', async () => {
  await write('config.ts', "export const named = 1\nexport default { routes: { 'a/b': { handler: 2 } } }\n")
  assert.equal(await load('config.ts', 10, 'named'), 1)
  assert.equal(await load('config.ts', 10, 'default#/routes/a~1b/handler'), 2)
  await assert.rejects(load('config.ts', 10, 'toString'), /no export toString/)
  await assert.rejects(load('config.ts', 10, 'default#/constructor'), /nothing at/)
})

test('an error is traced to the file and line of the operator', async () => {
  await write('broken.ts', "const fails = (): never => {\n  throw new Error('broken')\n}\nexport default fails\n")
  const fails = (await load('broken.ts', 9)) as () => never
  assert.throws(fails, (error) => loader.blame(error) === `${join(folder, 'broken.ts')}:2`)
  await write('broken.cjs', "module.exports = () => {\n  throw new Error('broken')\n}\n")
  const old = (await load('broken.cjs', 9)) as () => never
  assert.throws(old, (error) => loader.blame(error) === `${join(folder, 'broken.cjs')}:2`)
  assert.equal(loader.blame(new Error('ours')), undefined)
  await write('unread.ts', "const a = 1\n\nexport default {\n  token: 'hush', b: ) }\n")
  const unread = await load('unread.ts', 9).catch((error: unknown) => error)
  assert.equal(loader.blame(unread), `${join(folder, 'unread.ts')}:4`)
  const code = { file: join(folder, 'unread.ts'), export: 'default', options: undefined }
  const [finding] = await importNamed([{ code, origin: undefined, demand: () => undefined }], loader, 9)
  assert.equal(finding?.help, `see ${join(folder, 'unread.ts')}:4: token: '…', b: ) }`)
})
