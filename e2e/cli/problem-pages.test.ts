import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { command, folder, running, startGateway } from './command.ts'

const file = `listeners: { main: { port: 0, host: 127.0.0.1 } }
services: { gone: 'http://127.0.0.1:9' }
routes:
  gone: { path: /gone/*, service: gone }
  mine: { path: /mine/*, service: gone, errors: { body: 'Sorry: {error.code}' } }
  typed: { path: /typed/*, service: gone, errors: { contentType: application/vnd.error+json } }
  packed: { path: /packed, service: gone, compress: { minSize: 1B } }
  fixed: { path: /fixed, respond: { status: 404, body: none } }
`
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

interface Answer {
  readonly status: number
  readonly type: string | null
  readonly vary: string | null
  readonly policy: string | null
  readonly body: string
}
const ask = async (url: string, accept: string, method = 'GET'): Promise<Answer> => {
  const answer = await fetch(url, { method, headers: { accept } })
  const { headers, status } = answer
  return {
    status,
    type: headers.get('content-type'),
    vary: headers.get('vary'),
    policy: headers.get('content-security-policy'),
    body: await answer.text(),
  }
}
const members = ['code', 'detail', 'hint', 'instance', 'requestId', 'status', 'title', 'type']

test('dev: a browser gets the problem as a page, everyone else the document; own error bodies win', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': file })
  const dev = running(t, ['dev', '--port', '0', '--admin-port', '0'], { cwd })
  const [, url] = await dev.seen(/Gateway +(http:\/\/\S+)/)

  const page = await ask(`${url}/no%3Cscript%3E/%22%3E?q=<b>`, browser)
  assert.deepEqual(
    [page.status, page.type, page.vary, page.policy],
    [
      404,
      'text/html; charset=utf-8',
      'Accept',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    ],
  )
  assert.match(page.body, /^<!doctype html>[^]*GW4041[^]*req_/)
  assert.ok(!/<script|<b>/i.test(page.body), page.body)
  const served = await ask(`${url}/gone/1`, browser)
  assert.deepEqual([served.status, served.type], [502, 'text/html; charset=utf-8'])
  const packed = await ask(`${url}/packed`, browser)
  assert.deepEqual([packed.type, packed.vary], ['text/html; charset=utf-8', 'Accept-Encoding, Accept'])
  assert.match(packed.body, /^<!doctype html>[^]*GW5021/)
  const head = await ask(`${url}/gone/1`, browser, 'HEAD')
  assert.deepEqual([head.status, head.type, head.body], [502, 'text/html; charset=utf-8', ''])

  for (const accept of ['*/*', 'application/json', 'application/problem+json, text/html', 'text/html, */*']) {
    // oxlint-disable-next-line no-await-in-loop -- one answer at a time
    const plain = await ask(`${url}/nowhere`, accept)
    assert.deepEqual([plain.type, plain.vary, plain.policy], ['application/problem+json', 'Accept', null], accept)
    assert.deepEqual(Object.keys(JSON.parse(plain.body) as object).sort(), members)
  }

  const mine = await ask(`${url}/mine/1`, browser)
  assert.deepEqual([mine.body, mine.vary], ['Sorry: GW5021', null])
  const typed = await ask(`${url}/typed/1`, browser)
  assert.deepEqual([typed.type, typed.vary], ['application/vnd.error+json', null])
  const fixed = await ask(`${url}/fixed`, browser)
  assert.deepEqual([fixed.body, fixed.vary], ['none', null])
  assert.equal(await dev.end('SIGINT'), 130)
})

test('start, proxy and demo: a browser gets the document as before, and nothing varies', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': file })
  const started = await startGateway(t, join(cwd, 'gateway.yaml'), { cwd })
  const urls = [started.url]
  for (const args of [['proxy', 'http://127.0.0.1:9'], ['demo']]) {
    const other = running(t, [...args, '--port', '0', '--admin-port', '0'], { cwd })
    // oxlint-disable-next-line no-await-in-loop -- one process at a time
    urls.push((await other.seen(/Gateway +(http:\/\/\S+)/))[1] as string)
  }
  for (const url of urls) {
    // oxlint-disable-next-line no-await-in-loop -- one answer at a time
    const answer = await ask(`${url}/nowhere`, browser)
    assert.deepEqual([answer.type, answer.vary, answer.policy], ['application/problem+json', null, null], url)
    assert.equal((JSON.parse(answer.body) as { status: number }).status, answer.status)
  }
})

test('the help of dev says that browsers get pages', async (t) => {
  const { stdout } = await command(['dev', '--help'], { cwd: folder(t) })
  assert.match(stdout, /browser/)
})
