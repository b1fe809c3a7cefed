import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as fc from 'fast-check'
import { fileDestination } from './destination.ts'
import { createOutput } from './output.ts'

const folder = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'output-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('whatever the lines and the size, rotated files together hold every line once, in order', async (t) => {
  const root = folder(t)
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 6 }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.integer({ min: 1, max: 120 }),
      async (batches, size) => {
        const path = join(root, String(run++))
        const output = createOutput(fileDestination(path, { size, keep: 99 }), (error) => {
          throw error
        })
        let number = 0
        const lines = batches.map((batch) => batch.map((length) => `${number++}`.padEnd(length, '.')))
        for (const batch of lines) output.write(Buffer.from(batch.map((line) => `${line}\n`).join('')))
        await output.close(5000)
        let text = ''
        let name = path
        for (let index = 1; ; index++) {
          const part = read(name)
          if (part === undefined) break
          assert.ok(
            part.length <= size || part.indexOf('\n') === part.length - 1,
            'only a single line may be longer than a file',
          )
          text = part + text
          name = `${path}.${index}`
        }
        assert.equal(
          text,
          lines
            .flat()
            .map((line) => `${line}\n`)
            .join(''),
        )
        assert.equal(output.written, text.length)
        assert.equal(output.dropped, 0)
      },
    ),
    { numRuns: 40 },
  )
})
const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

test('a rotation that fails is told and loses no line', async (t) => {
  const path = join(folder(t), 'access.log')
  mkdirSync(`${path}.1`)
  writeFileSync(join(`${path}.1`, 'in the way'), '')
  const problems: string[] = []
  const output = createOutput(fileDestination(path, { size: 10, keep: 1 }), (error) => problems.push(error.message))
  output.write(Buffer.from('line one\nline two\nline three\n'))
  await output.close(5000)
  assert.equal(readFileSync(path, 'latin1'), 'line one\nline two\nline three\n')
  assert.ok(problems.length > 0)
})

test('after a failure in the middle of a line the next line begins on its own', async (t) => {
  const root = folder(t)
  const path = join(root, 'access.log')
  const pipe = join(root, 'pipe')
  execFileSync('mkfifo', [pipe])
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
  t.after(() => closeSync(writer))
  const file = fileDestination(path, undefined)
  const failures: Error[] = []
  const output = createOutput(
    { ...file, descriptor: () => (failures.length > 0 ? file.descriptor() : writer) },
    (error) => failures.push(error),
  )
  // More than a pipe holds, in lines that do not end where it is full.
  output.write(Buffer.from(`${'x'.repeat(999)}\n`.repeat(200)))
  while (output.written === 0) await pause()
  closeSync(reader)
  while (failures.length === 0) await pause()
  output.write(Buffer.from('third line\n'))
  await output.close(5000)
  assert.equal(readFileSync(path, 'latin1'), '\nthird line\n')
  assert.equal(output.dropped, 200 - Math.floor((output.written - '\nthird line\n'.length) / 1000))
})
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 5)
  })

test('what waits is written at once when the process ends', (t) => {
  const path = join(folder(t), 'access.log')
  let ready = false
  const real = fileDestination(path, undefined)
  const output = createOutput(
    {
      ...real,
      descriptor() {
        if (!ready) throw new Error('not yet')
        return real.descriptor()
      },
    },
    () => undefined,
  )
  output.write(Buffer.from('lost\n'))
  ready = true
  output.write(Buffer.from('under way\n'))
  output.write(Buffer.from('last words\n'))
  output.flushSync()
  assert.ok(readFileSync(path, 'latin1').includes('last words\n'))
  assert.equal(output.dropped, 1)
})
