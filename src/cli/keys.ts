import type { RunningGateway } from '../main.ts'
import type { MainEvent } from './event-words.ts'
import { adminUrl } from './listen-urls.ts'
import { openInBrowser } from './open-browser.ts'
import type { Terminal } from './terminal.ts'

/** What the banner says about keys. */
export const keyWords = 'o open status page · r reload · q quit · h more'

const help = ['o  opens the status page in a browser', 'r  reads the configuration again', 'q  quits, as Ctrl-C does']

/** Reads single keys of the terminal until the returned function is called. */
export const readKeys = (
  gateway: () => RunningGateway | undefined,
  ready: Extract<MainEvent, { kind: 'ready' }>,
  terminal: Terminal,
): (() => void) => {
  const { stdin } = process
  const press = (key: string): void => {
    // In raw mode Ctrl-C and Ctrl-D are keys like any other.
    if (key === 'q' || key === '\u0003' || key === '\u0004') gateway()?.stop()
    else if (key === 'r') gateway()?.reload()
    else if (key === 'o') {
      const url = adminUrl(ready.admin)
      if (url !== undefined) openInBrowser(url)
    } else if (key === 'h') for (const line of help) terminal.say(`  ${line}`)
  }
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.on('data', press)
  stdin.resume()
  return () => {
    stdin.off('data', press)
    stdin.setRawMode(false)
    stdin.pause()
  }
}
