import { createInterface } from 'node:readline/promises'
import { exit, Stop } from './exit.ts'

/** Asks questions on a terminal; the caller has made sure that there is one. */
export interface Asker {
  /** A choice by number or name; an empty answer takes the first. */
  choose(question: string, choices: readonly { readonly name: string; readonly says: string }[]): Promise<string>
  /** Yes or no; an empty answer is yes. */
  confirm(question: string): Promise<boolean>
  close(): void
}

/** Makes an asker on stdin and stderr. */
export const createAsker = (): Asker => {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const interrupted = new AbortController()
  lines.once('SIGINT', () => interrupted.abort())
  const answer = async (question: string): Promise<string> => {
    try {
      return (await lines.question(question, { signal: interrupted.signal })).trim()
    } catch {
      throw new Stop(exit.interrupted, 'interrupted')
    }
  }
  return {
    async choose(question, choices) {
      const list = choices.map((choice, index) => `  ${index + 1} ${choice.name}  ${choice.says}`).join('\n')
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- asked again until understood
        const given = await answer(`${question}\n${list}\n[1] `)
        if (given === '') return (choices[0] as { readonly name: string }).name
        const found = choices[Number(given) - 1] ?? choices.find((choice) => choice.name === given)
        if (found !== undefined) return found.name
      }
    },
    async confirm(question) {
      return !/^n/i.test(await answer(`${question} [Y/n] `))
    },
    close: () => lines.close(),
  }
}
