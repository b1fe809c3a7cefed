import { readdirSync, readFileSync } from 'node:fs'

/** User and system time of a program and of everything it started, at one moment. */
export interface CpuReading {
  /** µs by thread (`pid/tid`), from the scheduler's own count in ns. */
  readonly threads: ReadonlyMap<string, number>
  /** µs by process, from `utime + stime` in clock ticks; holds threads that have ended. */
  readonly processes: ReadonlyMap<string, number>
  /** µs of ended and waited-for processes (`cutime + cstime`). */
  readonly reaped: number
}

const ticksPerSecond = 100

function statOf(pid: string): { parent: string; own: number; reaped: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may itself hold blanks and parentheses; fields are counted from behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const tick = (index: number): number => (Number(fields[index]) * 1e6) / ticksPerSecond
    return { parent: fields[1] ?? '', own: tick(11) + tick(12), reaped: tick(13) + tick(14) }
  } catch {
    return undefined
  }
}

/** Ids of a process and of all below it. */
export function treeOf(pid: number): string[] {
  const parents = new Map<string, string>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = statOf(entry)
    if (stat !== undefined) parents.set(entry, stat.parent)
  }
  const tree = [String(pid)]
  for (const member of tree) for (const [child, parent] of parents) if (parent === member) tree.push(child)
  return tree
}

function names(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** CPU time so far of a process, all its threads and all processes below it. */
export function readCpu(pid: number): CpuReading {
  const threads = new Map<string, number>()
  const processes = new Map<string, number>()
  let reaped = 0
  for (const member of treeOf(pid)) {
    const stat = statOf(member)
    if (stat === undefined) continue
    processes.set(member, stat.own)
    reaped += stat.reaped
    for (const thread of names(`/proc/${member}/task`)) {
      try {
        const spent = readFileSync(`/proc/${member}/task/${thread}/schedstat`, 'latin1').split(' ')[0]
        threads.set(`${member}/${thread}`, Number(spent) / 1000)
      } catch {
        // A kernel without scheduler statistics, or a thread that has just ended: the ticks decide.
      }
    }
  }
  return { threads, processes, reaped }
}

/**
 * µs of CPU spent between two readings. To the ns where the same threads are there at both ends; where a thread has come
 * or gone, the process's own count in ticks of 10 ms is taken, which forgets nothing.
 */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  let sum = Math.max(0, after.reaped - before.reaped)
  for (const [pid, own] of after.processes) {
    const mine = (reading: CpuReading): string[] =>
      [...reading.threads.keys()].filter((key) => key.startsWith(`${pid}/`))
    const [first, last] = [mine(before), mine(after)]
    const same = first.length > 0 && first.length === last.length && last.every((key) => before.threads.has(key))
    if (!same) sum += own - (before.processes.get(pid) ?? 0)
    else for (const key of last) sum += (after.threads.get(key) ?? 0) - (before.threads.get(key) ?? 0)
  }
  return sum
}

/** µs of the children that this process has waited for, in steps of 10 ms. */
export function readWaitedFor(): number {
  return statOf('self')?.reaped ?? 0
}

/** Resident bytes of a process and all below it; pages that several share count once for each. */
export function readMemory(pid: number): number {
  let sum = 0
  for (const member of treeOf(pid)) {
    try {
      const found = /^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'latin1'))
      sum += Number(found?.[1] ?? 0) * 1024
    } catch {
      // It has just ended.
    }
  }
  return sum
}

/** Busy and all CPU time of the whole machine in ticks: tells whether something else was running. */
export function readMachine(): { busy: number; total: number } {
  const fields = (readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? '').split(/\s+/).slice(1, 9).map(Number)
  const total = fields.reduce((sum, value) => sum + value, 0)
  return { busy: total - (fields[3] ?? 0) - (fields[4] ?? 0), total }
}
