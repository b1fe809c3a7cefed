/** The parts of a V8 CPU profile that self time needs. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** µs between a sample and the one before it. */
  readonly timeDeltas: readonly number[]
}

/** Time that one function had the processor itself, callees left out. */
export interface SelfTime {
  /** `name file:line`; V8's own in parentheses. */
  readonly name: string
  /** µs. */
  readonly time: number
}

/** Self times of a profile, longest first; functions of one name, file and line are added up. */
export function selfTimes(profile: CpuProfile, root = ''): SelfTime[] {
  const names = new Map<number, string>()
  for (const { id, callFrame } of profile.nodes) {
    const file = callFrame.url.replace(/^file:\/\//, '').replace(root, '')
    const place = file === '' ? '' : ` ${file}:${callFrame.lineNumber + 1}`
    names.set(id, `${callFrame.functionName || '(anonymous)'}${place}`)
  }
  const times = new Map<string, number>()
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id) ?? '(unknown)'
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0))
  }
  return [...times].map(([name, time]) => ({ name, time })).sort((a, b) => b.time - a.time)
}
