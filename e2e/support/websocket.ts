import { createHash } from 'node:crypto'

export const key = 'dGhlIHNhbXBsZSBub25jZQ=='
/** Sec-WebSocket-Accept of a key (RFC 6455 §4.2.2). */
export const acceptOf = (value: string): string =>
  createHash('sha1').update(`${value}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

/** An opening handshake; `over` replaces fields by name, null leaves one out. */
export const handshake = (
  path: string,
  over: Readonly<Record<string, string | null>> = {},
  line = `GET ${path} HTTP/1.1`,
): string => {
  const fields: Record<string, string | null> = {
    Host: 'a.test',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    ...over,
  }
  const lines = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\r\n`]))
  return `${line}\r\n${lines.join('')}\r\n`
}
/** The answer that opens the tunnel, with further field lines. */
export const switching = (accept: string = acceptOf(key), ...more: readonly string[]): string =>
  `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n${more.map((line) => `${line}\r\n`).join('')}\r\n`

/** Opcode and payload of an unmasked frame of at most 125 bytes; undefined when there is none. */
export const firstFrame = (bytes: Buffer): { readonly opcode: number; readonly payload: Buffer } | undefined => {
  if (bytes.length < 2) return undefined
  const length = (bytes[1] as number) & 0x7f
  return length > 125 || bytes.length < 2 + length
    ? undefined
    : { opcode: (bytes[0] as number) & 0x0f, payload: bytes.subarray(2, 2 + length) }
}
