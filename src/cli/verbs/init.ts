import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createAsker } from '../ask.ts'
import { exit, Stop } from '../exit.ts'
import { flag, text } from '../flag.ts'
import { nearest } from '../../lib/nearest.ts'
import { templateFiles, templates } from '../templates.ts'
import type { Terminal } from '../terminal.ts'
import { defineVerb, type Verb } from '../verb.ts'

const formats = [
  { name: 'yaml', says: 'gateway.yaml' },
  { name: 'ts', says: 'gateway.ts, names checked by the type system' },
] as const

const ask = async (
  terminal: Terminal,
  yes: boolean,
  given: string | undefined,
  what: 'template' | 'format',
  question: string,
  choices: readonly { readonly name: string; readonly says: string }[],
): Promise<string> => {
  if (given !== undefined) {
    if (choices.some((choice) => choice.name === given)) return given
    const near = nearest(
      given,
      choices.map((choice) => choice.name),
    )
    throw new Stop(
      exit.usage,
      `there is no ${what} "${given}"`,
      near === undefined ? `There are ${choices.map((choice) => choice.name).join(', ')}.` : `Did you mean ${near}?`,
    )
  }
  if (!terminal.interactive || yes) return (choices[0] as { readonly name: string }).name
  const asker = createAsker()
  try {
    return await asker.choose(question, choices)
  } finally {
    asker.close()
  }
}

/** `gwanmun init [folder]`. */
export const init: Verb = defineVerb({
  name: 'init',
  summary: 'Writes a first configuration from a template of this package',
  words: [{ name: 'folder', says: 'Where to write. Default: this folder' }],
  flags: {
    template: text('<name>', `One of ${templates.map((one) => one.name).join(', ')}. Default: basic`, 't'),
    format: text('<yaml|ts>', 'Form of the configuration. Default: yaml'),
    yes: flag('Asks nothing and takes the defaults', 'y'),
    force: flag('Writes over files that are there'),
  },
  examples: ['gwanmun init', 'gwanmun init shop --template teams', 'gwanmun init --format ts --yes'],
  async run({ words, flags, global, terminal }) {
    const folder = words[0] ?? '.'
    const template = await ask(
      terminal,
      flags.yes,
      flags.template,
      'template',
      'What do you want to begin with?',
      templates,
    )
    const format = await ask(terminal, flags.yes, flags.format, 'format', 'In which form?', formats)
    const files = templateFiles(template, format)
    const taken = [...files.keys()].filter((file) => existsSync(join(folder, file)))
    if (taken.length > 0 && !flags.force) {
      throw new Stop(
        exit.failure,
        `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} there already`,
        'Choose another folder, or write over with --force.',
      )
    }
    for (const [file, content] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), content)
    }
    if (global.json) terminal.json({ folder: resolve(folder), template, format, files: [...files.keys()] })
    else {
      for (const file of files.keys()) terminal.print(`${terminal.style('green', '✔')} ${join(folder, file)}`)
      const config = folder === '.' ? '' : ` -c ${join(folder, format === 'yaml' ? 'gateway.yaml' : 'gateway.ts')}`
      terminal.say()
      terminal.say(`Next:  gwanmun check${config}`)
      terminal.say(`       gwanmun dev${config}`)
    }
    return exit.ok
  },
})
