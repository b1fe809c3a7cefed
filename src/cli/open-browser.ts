import { spawn } from 'node:child_process'

/** Opens a URL with the program that the desktop has for it; silently nothing where there is none. */
export const openInBrowser = (url: string): void => {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open'
  const child = spawn(command, [url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
