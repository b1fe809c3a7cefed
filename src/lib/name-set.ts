/** Whether a name is listed. */
export type NameSet = (name: string) => boolean

/** Compiles a list of names in which a trailing `*` stands for any ending. */
export const compileNames = (names: readonly string[]): NameSet => {
  const exact = new Set(names.filter((name) => !name.endsWith('*')))
  const prefixes = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1))
  return (name) => {
    if (exact.has(name)) return true
    for (let i = 0; i < prefixes.length; i++) if (name.startsWith(prefixes[i] as string)) return true
    return false
  }
}
