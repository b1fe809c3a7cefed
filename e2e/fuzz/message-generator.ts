import type { Random } from './random.ts'

// What a head is made of: each list holds good and doubtful forms; good ones stand several times.
const methods = [
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'get',
  'QUERY',
  'PURGE',
  'M-SEARCH',
  'CONNECT',
  'TRACE',
  'FOO',
  'PRI',
  'SOURCE',
  'G ET',
  '',
]
const targets = [
  '/',
  '/',
  '/a/b?c=d',
  '/a',
  '/%2e%2e/a',
  '*',
  'http://a.test/x',
  'http://a.test',
  'http://a.test?x',
  'https://[::1]:80/',
  'a.test:80',
  '/a#b',
  '/a b',
  '/\x80',
  '//a',
  '/a;b=c',
  '/?',
  '/a?b?c',
  'HTTP://A/',
  '/\\',
  '/"',
  '/{}',
  "/'!$&()*+,;=:@-._~",
  '',
]
const versions = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1',
  'HTTP/01.1',
  'ICE/1.0',
  '',
]
const hosts = [
  'Host: a.test',
  'Host: a.test',
  'Host: a.test',
  'Host: a.test',
  'host:a.test:80',
  'HOST:  [::1]:8080 ',
  'Host:',
  'Host: a b',
  'Host : a',
  'Host: a,b',
]
const lengths = [
  'Content-Length: 5',
  'Content-Length: 5',
  'content-length:5',
  'Content-Length: 0',
  'Content-Length: 11',
  'Content-Length: +5',
  'Content-Length: 05',
  'Content-Length: 5, 5',
  'Content-Length: 0x5',
  'Content-Length:',
  'Content-Length: 5 ',
  'Content-Length: 1e1',
  'Content_Length: 5',
  'Content-Length : 5',
  'Content-Length: 18446744073709551616',
  'Content-Length: -1',
]
const codings = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked',
  'transfer-encoding:chunked',
  'Transfer-Encoding: Chunked ',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, gzip',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding:',
  'Transfer-Encoding: ,chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked;q=1',
]
const others = [
  'X-A: b',
  'X-A:',
  'X-A: b c\td',
  'x:\xe9\xff',
  'Accept: */*',
  'User-Agent: x/1.0 (y; z)',
  'Cookie: a=b; c=d',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: x-a, close',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'TE: trailers',
  'Trailer: X-T',
  ' folded: x',
  'X-B: y\r\n z',
  'no colon',
  ': empty',
  'X A: b',
  'X-\x00: y',
  'X-N: \x00',
  'X-R: a\rb',
  'X-L: a\nb',
  'X_U: v',
  "!#$%&'*+-.^`|~: v",
  'Content-Type: text/plain',
  'Keep-Alive: timeout=5',
  `X-Long: ${'v'.repeat(300)}`,
  'Proxy-Connection: keep-alive',
]
const statuses = [
  '200 OK',
  '200 OK',
  '200 OK',
  '200 ',
  '200',
  '404 Not Found',
  '204 No Content',
  '304 Not Modified',
  '100 Continue',
  '103 Early Hints',
  '101 Switching',
  '099 x',
  '600 x',
  '20 x',
  '2000 x',
  'abc x',
  '200\tOK',
  '200 O\xe9',
  '299 a b c',
]
const extensions = [
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  ';a=b',
  ';a',
  ';a="b c"',
  ';',
  '; a=b',
  ';a=',
  ';a=b=c',
  ';a="b',
  ';a="b"c',
  ';\x00',
  ' ',
  ';a\n',
  ';a="\\""',
  '\t',
  ';a ;b',
]
const trailers = [
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  'X-T: 1\r\n',
  'X-T: 1\r\nX-U: 2\r\n',
  'Content-Length: 5\r\n',
  'X T: 1\r\n',
  'X-T : 1\r\n',
  'X-T: 1\n',
  ' X: 1\r\n',
  'Host: evil\r\n',
]
const alphabet = [
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '\x00',
  '\x7f',
  '\x80',
  '\xff',
  '0',
  '5',
  'a',
  'A',
  '"',
  '\\',
  '/',
  '_',
  '-',
  '+',
  'x',
  '\v',
  '\f',
  '\x01',
  '=',
  '#',
  '?',
  '%',
  '(',
  '@',
  '[',
  '{',
  '|',
  '~',
  '\r\n\r\n',
  'chunked',
  'HTTP/1.1',
]

const chunkSize = (random: Random, length: number): string => {
  const plain = length.toString(16)
  return random.once(12)
    ? random.pick([
        `0${plain}`,
        plain.toUpperCase(),
        `0x${plain}`,
        `+${plain}`,
        ` ${plain}`,
        `${plain} `,
        `-${plain}`,
        `${plain}g`,
        `${plain}_0`,
        '',
        'ffffffffffffffffff',
        `000000000000000000${plain}`,
      ])
    : plain
}
const chunks = (random: Random): string => {
  let text = ''
  for (let n = random.below(4); n > 0; n--) {
    const data = random.pick(['a', 'hello', '0\r\n\r\n', 'x'.repeat(20), '\r\n'])
    text += `${chunkSize(random, data.length)}${random.pick(extensions)}\r\n${data}${random.once(25) ? random.pick(['\n', '', '\r', 'x\r\n', '\r\r\n']) : '\r\n'}`
  }
  return `${text}${random.once(20) ? random.pick(['00', '0x0', '', '0 ']) : '0'}${random.once(6) ? random.pick(extensions) : ''}\r\n${random.pick(trailers)}${random.once(25) ? random.pick(['\n', '\r', '']) : '\r\n'}`
}

const body = (random: Random, framing: string): string => {
  if (framing === 'chunked') return chunks(random)
  return framing === 'length'
    ? random.pick(['hello', 'hello', 'hello', 'hello', 'hello', 'hello world', '', 'hell', 'helloGET / HTTP/1.1\r\n'])
    : random.once(15)
      ? 'hello'
      : ''
}
const fieldsOf = (random: Random, framing: string): string[] => {
  const lines: string[] = []
  if (framing === 'length') lines.push(random.once(3) ? random.pick(lengths) : 'Content-Length: 5')
  if (framing === 'chunked') lines.push(random.once(3) ? random.pick(codings) : 'Transfer-Encoding: chunked')
  if (random.once(40)) lines.push(random.pick(lengths))
  if (random.once(40)) lines.push(random.pick(codings))
  for (let n = random.below(5); n > 0; n--)
    lines.push(random.once(15) ? random.pick(others) : random.pick(others.slice(0, 11)))
  // Any order: swap a few.
  for (let n = lines.length; n > 1; n--) {
    const [a, b] = [random.below(lines.length), random.below(lines.length)]
    ;[lines[a], lines[b]] = [lines[b] as string, lines[a] as string]
  }
  return lines
}
const join = (random: Random, lines: readonly string[]): string =>
  lines.map((line) => line + (random.once(200) ? random.pick(['\n', '\r', '\r\r\n', '\n\r']) : '\r\n')).join('')

const mutate = (random: Random, text: string): string => {
  let out = text
  for (let n = random.pick([0, 0, 0, 0, 0, 1, 1, 2, 3]); n > 0; n--) {
    const at = random.below(out.length + 1)
    switch (random.below(5)) {
      case 0:
        out = out.slice(0, at) + random.pick(alphabet) + out.slice(at)
        break
      case 1:
        out = out.slice(0, at) + out.slice(at + 1)
        break
      case 2:
        out = out.slice(0, at) + random.pick(alphabet) + out.slice(at + 1)
        break
      case 3:
        out = out.slice(0, at) + String.fromCharCode(random.below(256)) + out.slice(at + 1)
        break
      default: {
        const end = Math.min(out.length, at + random.below(20))
        out = out.slice(0, end) + out.slice(at, end) + out.slice(end)
      }
    }
  }
  return out
}

/** One to three requests on one connection, mostly nearly valid, then damaged in up to three places. */
export const generateRequests = (random: Random): Buffer => {
  let text = random.once(30) ? random.pick(['\r\n', '\n', '\r\n\r\n', ' ']) : ''
  for (let n = 1 + (random.once(2) ? random.below(3) : 0); n > 0; n--) {
    const framing = random.pick(['none', 'length', 'length', 'chunked', 'chunked'])
    const doubtful = random.once(3)
    const line = doubtful
      ? `${random.pick(methods)} ${random.pick(targets)} ${random.pick(versions)}`
      : `${random.pick(methods.slice(0, 10))} ${random.pick(targets.slice(0, 5))} HTTP/1.1`
    text += `${join(random, [line, doubtful ? random.pick(hosts) : 'Host: a.test', ...fieldsOf(random, framing)])}\r\n${body(random, framing)}`
  }
  return Buffer.from(mutate(random, text), 'latin1')
}

/** One or two answers on one connection, in the same way. */
export const generateResponses = (random: Random): Buffer => {
  let text = ''
  for (let n = 1 + (random.once(4) ? 1 : 0); n > 0; n--) {
    const framing = random.pick(['none', 'length', 'length', 'chunked', 'chunked'])
    const line = `${random.once(4) ? random.pick(versions) : 'HTTP/1.1'} ${random.pick(statuses)}`
    text += `${join(random, [line, ...fieldsOf(random, framing)])}\r\n${body(random, framing)}`
  }
  return Buffer.from(mutate(random, text), 'latin1')
}
