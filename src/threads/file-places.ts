import { readlinkSync } from 'node:fs'
import { dirname, join, parse, resolve, sep } from 'node:path'

/** Links followed at most, as Linux does. */
const linkLimit = 40

const linkAt = (path: string): string | undefined => {
  try {
    return readlinkSync(path)
  } catch {
    // No link, or nothing there.
    return undefined
  }
}

/**
 * The places whose change may change what `file` holds: each symbolic link on the way to it, and where it ends. A file
 * of a Kubernetes ConfigMap, for one, changes when the link `..data` beside it does.
 */
export const filePlaces = (file: string): readonly string[] => {
  const whole = resolve(file)
  const places = [whole]
  let links = 0
  let { root: at } = parse(whole)
  const rest = whole.slice(at.length).split(sep)
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    const path = join(at, part)
    const target = linkAt(path)
    if (target === undefined) {
      at = path
      continue
    }
    places.push(path)
    if (++links > linkLimit) return places
    const next = resolve(dirname(path), target)
    at = parse(next).root
    rest.unshift(...next.slice(at.length).split(sep))
  }
  places.push(at)
  return places
}
