import { Fields } from '../../src/lib/fields.ts'
import { canonicalPath } from '../../src/lib/path.ts'
import { createRouter } from '../../src/router/router.ts'
import type { RouterEntry } from '../../src/router/entry.ts'

/** Cost of a match, in ns, with route tables of several sizes. Run: node bench/micro/router.ts */
const names = ['orders', 'payments', 'stock', 'users', 'files', 'search', 'invoices', 'reports', 'chat', 'jobs']

const routes = (count: number): RouterEntry<number>[] =>
  Array.from({ length: count }, (_, i) => {
    const base = `/${names[i % names.length]}${i < names.length ? '' : Math.floor(i / names.length)}`
    const path = [base, `${base}/{id}`, `${base}/{id}/items`, `${base}/{id}/items/*`, `${base}/*`][
      (i + Math.floor(i / names.length)) % 5
    ] as string
    return { value: i, name: `r${i}`, hosts: [], paths: [path], methods: [], conditions: [], priority: 0 }
  })

const paths = [
  '/orders',
  '/payments/42',
  '/stock/abc/items',
  '/users/7/items/3/parts',
  '/files/a/b/c',
  '/nowhere/at/all',
]
const fields = Fields.of('host', 'api.example.com', 'accept', '*/*')

/** Texts as they come off a connection: made anew, so that no hash of theirs is kept. */
const fresh = (text: string): string => Buffer.from(text).toString('latin1')

const measure = (run: (path: string) => unknown, path: string): number => {
  const batch = 2_000
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 40; round++) {
    const texts = Array.from({ length: batch }, () => fresh(path))
    const start = process.hrtime.bigint()
    for (const text of texts) run(text)
    best = Math.min(best, Number(process.hrtime.bigint() - start) / batch)
  }
  return best
}

console.log(`canonicalPath(${paths[3]}): ${measure(canonicalPath, paths[3] as string).toFixed(0)} ns`)
for (const count of [10, 50, 1_000, 10_000]) {
  const entries = routes(count)
  const start = process.hrtime.bigint()
  const router = createRouter(entries)
  const built = Number(process.hrtime.bigint() - start) / 1e6
  const costs = paths.map((path) => {
    const run = (text: string): unknown =>
      router.match({ method: 'GET', host: 'api.example.com', path: text, query: '', fields, address: '192.0.2.1' })
    return `${path} ${measure(run, path).toFixed(0)} ns`
  })
  console.log(`${count} routes, built in ${built.toFixed(1)} ms: ${costs.join(' · ')}`)
}
