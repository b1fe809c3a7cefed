import { createHash } from 'node:crypto'
import type { GatewayInfo, WorkerInfo } from '../contract/admin.ts'
import type { Answer } from './answer.ts'
import { Html, html } from '../lib/html.ts'

const style = `:root{color-scheme:light dark;--line:#c8ccd4;--soft:#5b6472;--good:#0b57a4;--bad:#a33a00}
@media (prefers-color-scheme:dark){:root{--line:#3c434f;--soft:#a3adbb;--good:#7cb8ff;--bad:#ffab7a}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}caption{text-align:left;color:var(--soft);padding-bottom:.25rem}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
td.number,th.number{text-align:right}
.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}
.scroll{overflow-x:auto}code{overflow-wrap:anywhere}
a{color:inherit}a:focus-visible,.scroll:focus-visible{outline:3px solid var(--good);outline-offset:2px}
.skip{position:absolute;left:-100rem}.skip:focus{position:static}`
/** Byte for byte what the hash is of, so no template may indent it. */
const styleTag = new Html(`<style>${style}</style>`)
const styleHash = createHash('sha256').update(style).digest('base64')

/** Nothing is loaded or run but this one style. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const time = (ms: number): Html => {
  const text =
    Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString().replace('T', ' ').slice(0, 19) : '?'
  return html`<time>${text}</time>`
}
const size = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`

interface Column {
  readonly name: string
  readonly number?: boolean
}
const table = (
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (string | number | Html)[])[],
): Html => {
  if (rows.length === 0) return html`<p>${caption}: none.</p>`
  const kind = (index: number): string => (columns[index]?.number === true ? 'number' : 'text')
  const head = columns.map((column, index) => html`<th scope="col" class="${kind(index)}">${column.name}</th>`)
  const body = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell, index) => html`<td class="${kind(index)}">${cell}</td>`)}
      </tr>`,
  )
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`
}

const state = (info: GatewayInfo): Html => {
  const good = info.state === 'running' && !info.config.stale
  const words = info.config.stale ? `${info.state}, with an older configuration` : info.state
  return html`<p>State: <span class="${good ? 'good' : 'bad'}">${good ? '✔' : '✖'} ${words}</span></p>`
}

const refusal = (info: GatewayInfo): Html => {
  const { stale, reason, diagnostics } = info.config
  if (!stale) return html``
  const rows = diagnostics.map((one) => [
    one.severity,
    one.code,
    `${one.file}:${one.line}:${one.column}`,
    one.message,
    one.help ?? '',
  ])
  return html`<section aria-labelledby="refused">
    <h2 id="refused">The latest configuration was refused</h2>
    <p>${reason ?? 'It has errors.'} What ran before still runs.</p>
    ${table(
      'Findings',
      [{ name: 'Kind' }, { name: 'Code' }, { name: 'Where' }, { name: 'What' }, { name: 'Help' }],
      rows,
    )}
  </section>`
}

const services = (info: GatewayInfo): Html =>
  table(
    'Targets',
    [{ name: 'Service' }, { name: 'Target' }, { name: 'State' }, { name: 'Weight', number: true }],
    info.services.flatMap((service) =>
      service.targets.map((target) => [
        service.name,
        html`<code>${target.url}</code>`,
        target.ejected === 0
          ? html`<span class="good">✔ in</span>`
          : html`<span class="bad">✖ out in ${target.ejected} workers</span>`,
        target.weight,
      ]),
    ),
  )

/** The status page: server-rendered, readable without styles, no script. */
export const statusPage = (info: GatewayInfo, workers: readonly WorkerInfo[]): Answer => {
  const { config } = info
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${info.name}: gwanmun</title>
        ${styleTag}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header><h1>gwanmun ${info.version} on ${info.name}</h1></header>
        <main id="main">
          ${state(info)}
          <p>
            Started ${time(info.startedAt)} UTC, Node ${info.node}, ${info.workersWanted} workers (${info.workersLost}
            lost).
          </p>
          ${refusal(info)}
          <section aria-labelledby="config">
            <h2 id="config">Configuration</h2>
            <p>
              <code>${config.file ?? '(given as text)'}</code>, hash <code>${config.hash}</code>, ${config.routes}
              routes, taken ${time(config.loadedAt)} UTC.
            </p>
          </section>
          <section aria-labelledby="listeners">
            <h2 id="listeners">Listeners</h2>
            ${table(
              'Listeners',
              [{ name: 'Name' }, { name: 'Address' }],
              info.listeners.map((one) => [one.name, html`<code>${one.socket ?? `${one.host}:${one.port}`}</code>`]),
            )}
          </section>
          <section aria-labelledby="services">
            <h2 id="services">Services</h2>
            ${services(info)}
          </section>
          <section aria-labelledby="workers">
            <h2 id="workers">Workers</h2>
            ${table(
              'Workers',
              [
                { name: 'Worker' },
                { name: 'State' },
                { name: 'Connections', number: true },
                { name: 'In flight', number: true },
                { name: 'Lag', number: true },
                { name: 'Heap', number: true },
              ],
              workers.map((one) => [
                one.worker,
                one.state,
                one.connections,
                one.inFlight,
                `${Math.round(one.lag)} ms`,
                size(one.heap),
              ]),
            )}
          </section>
        </main>
        <footer>
          <nav aria-label="More">
            <p>
              <a href="/metrics">Metrics</a> · <a href="/v1/config">Configuration</a> · <a href="/v1/info">Info</a> ·
              <a href="/openapi.json">API</a>
            </p>
          </nav>
        </footer>
      </body>
    </html> `
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: page.text,
    headers: { 'Content-Security-Policy': policy },
  }
}
