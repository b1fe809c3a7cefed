// oxlint-disable-next-line no-control-regex -- the escape sequences of our own styles
const escapes = /\u001b\[\d+m/g

/** Columns that text takes on a screen: escape sequences none, wide East Asian characters two. */
export const widthOf = (text: string): number => {
  let width = 0
  for (const character of text.replace(escapes, '')) {
    const point = character.codePointAt(0) as number
    width +=
      (point >= 0x1100 && point <= 0x115f) ||
      (point >= 0x2e80 && point <= 0xa4cf) ||
      (point >= 0xac00 && point <= 0xd7a3)
        ? 2
        : 1
  }
  return width
}

/** Pads to a width on the screen. */
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** Shortens plain text to a width, ending it with an ellipsis. */
export const clip = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** Aligns rows into columns two spaces apart; the last column is not padded. */
export const columns = (rows: readonly (readonly string[])[], indent = 0): string[] => {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, widthOf(cell))))
  return rows.map((row) =>
    (
      ' '.repeat(indent) +
      row.map((cell, index) => (index === row.length - 1 ? cell : pad(cell, widths[index] ?? 0))).join('  ')
    ).trimEnd(),
  )
}

/** Breaks text into lines of at most `width` columns at spaces. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  return lines
}
