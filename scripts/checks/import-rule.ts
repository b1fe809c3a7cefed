import { stripTypeScriptTypes } from 'node:module'
import { bareCode } from '../bare-code.ts'
import { importsOf, type Import } from '../imports.ts'
import { files, textOf } from '../tree.ts'
import type { Check } from './check.ts'

const wiring = new Set([
  'src/inner-request.ts',
  'src/door.ts',
  'src/reload.ts',
  'src/ending.ts',
  'src/main.ts',
  'src/control.ts',
  'src/compiler.ts',
  'src/worker.ts',
  'src/gateway.ts',
  'src/checker.ts',
  'src/data-plane.ts',
  'src/port-owner.ts',
])
const mayImportRooms = new Set([...wiring, 'src/plan/compile.ts'])
const faces = new Set(['src/index.ts', 'src/testing.ts'])
/** npm packages by the room that may load them. */
const packages: Readonly<Record<string, readonly string[]>> = { cli: ['commander'], config: ['yaml'] }
/** Builtins whose functions are pure. */
const pureBuiltins = new Set(['node:net', 'node:buffer', 'node:crypto', 'node:url', 'node:v8'])

const roomOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? ''
const isTest = (path: string): boolean => /\.(?:test|fixture)\.ts$|\/fixtures\//.test(path)
const isFree = (target: string): boolean =>
  target.startsWith('src/contract/') ||
  target.startsWith('src/lib/') ||
  target === 'src/errors.ts' ||
  target === 'src/version.ts'

const relativeProblem = (path: string, room: string, found: Import): string | undefined => {
  const { target, typeOnly, dynamic } = found
  if (room === 'contract') return target.startsWith('src/contract/') ? undefined : 'contract/ imports nothing'
  if (target.startsWith('src/contract/')) return typeOnly ? undefined : 'contract/ holds types only: import type'
  if (room === 'lib')
    return target.startsWith('src/lib/') || target === 'src/errors.ts'
      ? undefined
      : 'lib/ imports contract/, errors.ts and itself only'
  if (isFree(target) || mayImportRooms.has(path)) return undefined
  if (room !== '' && roomOf(target) === room) return undefined
  if (room === 'cli') {
    if (!wiring.has(target)) return 'cli/ imports its own files and the wiring files only'
    return dynamic || typeOnly ? undefined : 'cli/ imports wiring files when a verb needs them: await import()'
  }
  // `defineConfig` is the identity at run time; what it brings is types.
  if (faces.has(path)) {
    const fine = wiring.has(target) || faces.has(target) || target === 'src/config/define-config.ts'
    return fine ? undefined : 'a public face imports gateway.ts only'
  }
  return 'a room imports contract/, lib/, errors.ts and itself only'
}

const packageProblem = (room: string, { target, typeOnly }: Import): string | undefined => {
  if (target.startsWith('node:')) {
    if (room === 'contract' && !typeOnly) return 'contract/ has no code'
    if (room === 'lib' && !typeOnly && !pureBuiltins.has(target)) return `lib/ is pure: ${target} is not`
    return undefined
  }
  return (packages[room] ?? []).includes(target) ? undefined : `the package ${target} is not allowed here`
}

const purity = (path: string): string[] => {
  const text = textOf(path)
  if (path.startsWith('src/contract/')) {
    // What is left after the types are taken away is code.
    const left = bareCode(stripTypeScriptTypes(text))
      .replace(/export\s*\{\s*\}\s*;?/g, '')
      .trim()
    return left === '' ? [] : [`${path}: contract/ has types only, and this has code: ${left.slice(0, 60)}`]
  }
  if (path.startsWith('src/lib/') && !isTest(path) && /^(?:export\s+)?let\s/m.test(bareCode(text)))
    return [`${path}: lib/ keeps no state`]
  return []
}

/** The graph of rooms is a star (ARCHITECTURE.md). */
export const importRule: Check = {
  run: () =>
    files(/^src\/.*\.ts$/).flatMap((path) => {
      const room = roomOf(path)
      const problems = purity(path)
      if (isTest(path)) return problems
      for (const found of importsOf(path)) {
        const problem = found.relative ? relativeProblem(path, room, found) : packageProblem(room, found)
        if (problem !== undefined) problems.push(`${path}:${found.line}: ${problem} (${found.target})`)
      }
      return problems
    }),
}
