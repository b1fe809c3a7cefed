/**
 * Which column counts a status. Usual ones have theirs from the start, others claim one of the spare columns when they
 * are first seen, and when none is left they share one per class: memory stays bounded whatever services answer.
 */
// oxfmt-ignore
const usual: readonly number[] = [
  200, 201, 202, 204, 206, 101, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 499, 500, 502, 503, 504,
]
const spare = 11
const classes = 5
/** Columns of a table of statuses. The last five take what has none of its own: 1xx to 5xx. */
export const statusColumns: number = usual.length + spare + classes
const firstShared = statusColumns - classes

const lowest = 100
const highest = 599
/** Cells of the table: one a status, then how many columns are claimed. */
export const statusCells: number = highest - lowest + 2
const claimedAt = highest - lowest + 1

/** Fills a new table; a cell is a column + 1, 0 is none yet. */
export const prepareStatuses = (table: Int32Array): void => {
  for (const [column, status] of usual.entries()) table[status - lowest] = column + 1
  table[claimedAt] = usual.length
}

/** Column of a status; claims one if it has none. -1 for what is no status. */
export const statusColumn = (table: Int32Array, status: number): number => {
  const cell = table[status - lowest] ?? 0
  if (cell > 0 && status <= highest) return cell - 1
  return claim(table, status)
}

const claim = (table: Int32Array, status: number): number => {
  if (!(status >= lowest && status <= highest) || status !== Math.trunc(status)) return -1
  const next = Atomics.load(table, claimedAt) < firstShared ? Atomics.add(table, claimedAt, 1) : firstShared
  const column = next < firstShared ? next : firstShared + Math.trunc(status / 100) - 1
  // Another worker may have been first; then its column holds and the one taken here stays empty.
  const before = Atomics.compareExchange(table, status - lowest, 0, column + 1)
  return before === 0 ? column : before - 1
}

/** Label of each column: `404`, or `4xx` for a shared one; undefined for a column that nobody claimed. */
export const columnLabels = (table: Int32Array): (string | undefined)[] => {
  const labels = Array.from<string | undefined>({ length: statusColumns })
  for (let status = lowest; status <= highest; status++) {
    const column = (table[status - lowest] ?? 0) - 1
    if (column >= 0 && column < firstShared) labels[column] = String(status)
  }
  for (let family = 0; family < classes; family++) labels[firstShared + family] = `${family + 1}xx`
  return labels
}
