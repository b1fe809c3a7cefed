/** Text made safe for HTML, in content and in quoted attributes; controls are dropped. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"'`\p{Cc}]/gu, (sign) => (/\p{Cc}/u.test(sign) ? ' ' : `&#${sign.charCodeAt(0)};`))

/** HTML that is safe already; only `html` makes it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Piece = string | number | Html | readonly Html[]

const pieceText = (piece: Piece): string => {
  if (piece instanceof Html) return piece.text
  if (typeof piece === 'string' || typeof piece === 'number') return escapeHtml(String(piece))
  return piece.map((one) => one.text).join('')
}

/** A template of HTML: every text put into it is escaped. */
export const html = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html =>
  new Html(
    strings.map((part, index) => part + (index < pieces.length ? pieceText(pieces[index] as Piece) : '')).join(''),
  )
