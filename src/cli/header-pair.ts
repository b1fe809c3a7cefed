import { exit, Stop } from './exit.ts'

/** Name and value of a header field given as `-H "Name: value"`; ends the verb with exit code 2 for what is none. */
export const headerPair = (written: string): [name: string, value: string] => {
  const colon = written.indexOf(':')
  if (colon < 1) throw new Stop(exit.usage, `-H "${written}" is no header field`, 'Write it as -H "Name: value".')
  return [written.slice(0, colon).trim(), written.slice(colon + 1).trim()]
}
