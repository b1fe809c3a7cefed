import { setPriority } from 'node:os'

/** Nice values of the threads that serve nobody directly; workers and main run at that of the process. */
export const niceness = { control: 10, compiler: 5 } as const

/**
 * Lets the workers go first where processors are short: the calling thread gets a nice value, so that a worker that wakes
 * need not wait for the rest of a time slice (milliseconds) in which records are written or a configuration is compiled.
 * On Linux only, where setpriority(2) of "this process" means the calling thread. Failing changes nothing.
 */
export const stepBack = (role: keyof typeof niceness): void => {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, niceness[role])
  } catch {
    // A sandbox may forbid the call; everything works without it.
  }
}
