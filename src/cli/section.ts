/** Lines below a title in the first column. */
export const section = (title: string, lines: readonly string[]): string[] =>
  lines.map((line, index) => `${(index === 0 ? title : '').padEnd(9)}${line}`)
