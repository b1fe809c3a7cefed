const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

/** Said at the top of every page that is made. */
export const madeFrom = (source: string): string =>
  `<!-- Made from ${source} by "npm run docs". Changes here are lost. -->\n\n`
