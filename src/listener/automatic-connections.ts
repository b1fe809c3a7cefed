import { readFileSync } from 'node:fs'

const most = 20_000
const unknown = 1024

const openFiles = (): number => {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return soft === undefined ? unknown : soft === 'unlimited' ? most * 2 : Number(soft)
  } catch {
    return unknown
  }
}

let limit = 0

/**
 * Connections of a listener whose limit is `auto`: 80 % of the file descriptors of the process, at most 20,000. Read
 * once; where the operating system does not tell, 1,024 descriptors are assumed.
 */
export const automaticConnections = (): number => {
  if (limit === 0) limit = Math.max(16, Math.min(most, Math.floor(openFiles() * 0.8)))
  return limit
}
