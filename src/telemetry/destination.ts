import { closeSync, constants, fstatSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'

/** Where an output's bytes go: a descriptor that it may have to open, rotate and give back. */
export interface Destination {
  /** The descriptor, opened if it is not; throws what opening throws. */
  descriptor(): number
  /** Bytes that still fit before the next rotation. */
  room(): number
  wrote(bytes: number): void
  /** Begins a new file; only between lines. */
  rotate(): void
  /** Closes, so that the next write opens by name again (logrotate). */
  reopen(): void
  /** A pipe or terminal whose reader went away never comes back. */
  readonly permanent: boolean
}

/**
 * An inherited descriptor such as stdout. A pipe or terminal is opened again without blocking where the system can, so
 * that a reader that does not read holds up nobody; other holders of the descriptor do not notice.
 */
export const inheritedDestination = (inherited: number): Destination => {
  let own: number | undefined
  const open = (): number => {
    try {
      const stat = fstatSync(inherited)
      if (!stat.isFIFO() && !stat.isCharacterDevice()) return inherited
      return openSync(`/proc/self/fd/${inherited}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    } catch {
      return inherited
    }
  }
  return {
    permanent: true,
    descriptor: () => (own ??= open()),
    room: () => Number.POSITIVE_INFINITY,
    wrote: () => undefined,
    rotate: () => undefined,
    reopen() {
      if (own !== undefined && own !== inherited) closeSync(own)
      own = undefined
    },
  }
}

/** Rotation: a file of `size` bytes becomes `path.1`, and so on up to `path.<keep>`. */
export interface Rotation {
  readonly size: number
  readonly keep: number
}

/** A file that is appended to, made with its folder if it is not there (mode 0640). */
export const fileDestination = (path: string, rotation: Rotation | undefined): Destination => {
  let own: number | undefined
  let size = 0
  const open = (): number => {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT
    let opened: number
    try {
      opened = openSync(path, flags, 0o640)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      mkdirSync(dirname(path), { recursive: true, mode: 0o750 })
      opened = openSync(path, flags, 0o640)
    }
    size = fstatSync(opened).size
    return opened
  }
  const close = (): void => {
    if (own === undefined) return
    const closing = own
    own = undefined
    closeSync(closing)
  }
  return {
    permanent: false,
    descriptor: () => (own ??= open()),
    room: () => (rotation === undefined ? Number.POSITIVE_INFINITY : Math.max(0, rotation.size - size)),
    wrote(bytes) {
      size += bytes
    },
    rotate() {
      close()
      shift(path, rotation?.keep ?? 0)
    },
    reopen: close,
  }
}

const shift = (path: string, keep: number): void => {
  if (keep < 1) {
    rmSync(path, { force: true })
    return
  }
  for (let number = keep - 1; number >= 0; number--) {
    try {
      renameSync(number === 0 ? path : `${path}.${number}`, `${path}.${number + 1}`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
