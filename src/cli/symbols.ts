const table: Readonly<Record<string, string>> = {
  '✔': 'ok',
  '✖': 'x',
  '▲': '!',
  '●': '*',
  '○': 'o',
  '➜': '>',
  '→': '->',
  '·': '-',
  '–': '-',
  '…': '...',
  '×': 'x',
  '±': '+-',
  '≤': '<=',
  '≥': '>=',
  µ: 'u',
}
const pattern = new RegExp(`[${Object.keys(table).join('')}]`, 'gu')

/** Our symbols in ASCII, for locales that are not UTF-8; other text stays as it is. */
export const asciiOf = (text: string): string => text.replace(pattern, (symbol) => table[symbol] ?? symbol)
