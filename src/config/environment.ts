import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { ErrorCode } from '../errors.ts'
import { readPlainFile } from './plain-file.ts'

/** Values for `${NAME}`: the process's environment over the `.env` beside the main file. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The file beside the main file that fills in what the environment does not have. */
export const environmentFile = (folder: string): string => resolve(folder, '.env')

/** Joins the process's environment and `.env` in the folder of the main file; the process wins. */
export const environmentOf = (env: Environment, folder: string): Environment => {
  let file: Record<string, string | undefined> = {}
  try {
    file = parseEnv(readPlainFile(environmentFile(folder)).toString('utf8'))
  } catch {
    // Without .env, or with one that may not be read, the process's environment alone counts.
  }
  return Object.assign(Object.create(null) as Record<string, string | undefined>, file, env)
}

/** What is wrong with one `${…}`; `part` is its text, for the position. */
export interface FillProblem {
  readonly part: string
  readonly code: ErrorCode
  readonly message: string
  readonly help: string
}

export interface Filled {
  readonly text: string
  /** The whole value was one `${…}`: it takes the type of its field. */
  readonly lone: boolean
  readonly problems: readonly FillProblem[]
  /** What stood for what: value and `${…}`. */
  readonly values: readonly (readonly [value: string, written: string])[]
  /** Files that were read for it, or looked for. */
  readonly files: readonly string[]
}

const part = /\$\$\{|\$\{([^}]*)\}|\$\{/g

/** Fills `${NAME}`, `${NAME:-text}`, `${file:./path}` in a text; `$${` is a literal `${` (config.md §1.4). */
export const fill = (text: string, environment: Environment, folder: string): Filled => {
  const problems: FillProblem[] = []
  const values: (readonly [string, string])[] = []
  const files: string[] = []
  const filled = text.replaceAll(part, (whole: string, inside: string | undefined) => {
    if (whole === '$${') return '${'
    if (inside === undefined) {
      problems.push({
        part: whole,
        code: 'GW1103',
        message: '${ is not closed',
        help: 'Write ${NAME}, or $${ for a literal ${.',
      })
      return ''
    }
    if (inside.startsWith('file:')) files.push(resolve(folder, inside.slice(5)))
    const result = valueOfPart(inside, environment, folder)
    if (typeof result === 'string') {
      values.push([result, whole])
      return result
    }
    problems.push({ part: whole, ...result })
    return ''
  })
  return { text: filled, lone: /^\$\{[^}]*\}$/.test(text), problems, values, files }
}

type PartProblem = Omit<FillProblem, 'part'>

const valueOfPart = (inside: string, environment: Environment, folder: string): string | PartProblem => {
  if (inside.startsWith('file:')) return fileContent(inside.slice(5), folder)
  const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(inside)?.[0]
  const rest = inside.slice(name?.length ?? 0)
  if (name !== undefined && (rest === '' || rest.startsWith(':-'))) {
    const value = environment[name]
    if (value !== undefined && (value !== '' || rest === '')) return value
    if (rest !== '') return rest.slice(2)
    return {
      code: 'GW1401',
      message: `environment variable ${name} is not set`,
      help: `export ${name}=…, put it in .env, or give a default: \${${name}:-value}`,
    }
  }
  if (/^[A-Za-z][A-Za-z0-9_-]*:[^-]/.test(inside)) {
    return {
      code: 'GW1108',
      message: `values from the provider ${JSON.stringify(inside.slice(0, inside.indexOf(':')))} are not available yet in this version`,
      help: 'Take ${NAME} or ${file:./path} until secrets come.',
    }
  }
  return {
    code: 'GW1103',
    message: `\${${inside}} is not understood`,
    help: 'Write ${NAME}, ${NAME:-text} or ${file:./path}.',
  }
}

const fileContent = (name: string, folder: string): string | PartProblem => {
  try {
    return readPlainFile(resolve(folder, name))
      .toString('utf8')
      .replace(/\r?\n$/, '')
  } catch {
    return {
      code: 'GW1402',
      message: `the file ${name} cannot be read`,
      help: 'Names are relative to the file they stand in; check the path and its permissions.',
    }
  }
}
