import { Html, html } from '../lib/html.ts'

/** Byte for byte one tag, so no template may indent it. */
const style = new Html(`<style>:root{color-scheme:light dark;--soft:#5b6472;--line:#c8ccd4}
@media (prefers-color-scheme:dark){:root{--soft:#a3adbb;--line:#3c434f}}
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.5rem;margin:0 0 1rem}.status,dt{color:var(--soft)}.status{margin:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;border-top:1px solid var(--line);padding-top:1rem;margin-top:2rem}
dd{margin:0;font-family:ui-monospace,monospace}p,dd{overflow-wrap:anywhere}</style>`)

/** A problem document as a page: every member of it, escaped; no scripts, nothing to load. */
export const problemPage = (document: string): string => {
  const { title = '', status = '', detail = '', hint, ...others } = JSON.parse(document) as Members
  const rows = Object.entries(others).map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd> `,
  )
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${status} ${title}</title>
        ${style}
      </head>
      <body>
        <main>
          <p class="status">${status}</p>
          <h1>${title}</h1>
          <p>${detail}</p>
          ${hint === undefined ? [] : html`<p><strong>${hint}</strong></p>`}
          <dl>${rows}</dl>
        </main>
      </body>
    </html> `.text
}

type Members = Readonly<Record<string, string | number>>
