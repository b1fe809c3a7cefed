import { readFileSync } from 'node:fs'
import { availableParallelism, release, totalmem } from 'node:os'

/** What a figure depends on, without anything that names the machine. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGB: number
  readonly kernel: string
  readonly node: string
}

/** Facts of the machine that this runs on. */
export function machineFacts(): Machine {
  const model = /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? process.arch
  return {
    cpu: model.trim(),
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    kernel: release().split('-')[0] ?? '',
    node: process.versions.node,
  }
}
