import { exit } from '../exit.ts'
import { defineVerb, type Verb } from '../verb.ts'
import { packageVersion } from '../../version.ts'

/** `gwanmun version`. */
export const version: Verb = defineVerb({
  name: 'version',
  summary: 'Prints the version of the gateway and of the Node that runs it',
  examples: ['gwanmun version', 'gwanmun version --json'],
  run({ global, terminal }) {
    const found = {
      gwanmun: packageVersion(),
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    }
    if (global.json) terminal.json(found)
    else terminal.print(`gwanmun ${found.gwanmun} · Node ${found.node} · ${found.platform}`)
    return Promise.resolve(exit.ok)
  },
})
