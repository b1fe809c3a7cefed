/**
 * The service that uploads go to: reads a body of any length, keeps nothing, and answers with the number of bytes when
 * the last one has come. `GET …?wait=N` answers after N ms. A program of its own: prints its port on stdout.
 */
import { createServer, type Socket } from 'node:net'

const headEnd = '\r\n\r\n'

function answer(socket: Socket, body: string): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1')
}

function serve(socket: Socket): void {
  let head = ''
  let expected = 0
  let missing = 0
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    let start = 0
    while (start < chunk.length) {
      if (missing > 0) {
        const taken = Math.min(missing, chunk.length - start)
        start += taken
        missing -= taken
        if (missing === 0) answer(socket, `${expected}`)
        continue
      }
      const seen = head.length
      head += chunk.latin1Slice(start)
      const end = head.indexOf(headEnd)
      if (end < 0) return
      start += end + headEnd.length - seen
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
      const wait = /^GET [^ ]*[?&]wait=(\d+)/.exec(head)?.[1]
      const chunked = /\r\ntransfer-encoding:/i.test(head)
      head = ''
      expected = missing = Number(length ?? 0)
      if (chunked) socket.end('HTTP/1.1 411 Length Required\r\nContent-Length: 0\r\n\r\n')
      else if (missing > 0) continue
      else if (wait !== undefined) setTimeout(answer, Number(wait), socket, 'slow')
      else answer(socket, '0')
    }
  })
}

const server = createServer({ highWaterMark: 256 * 1024 }, serve)
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) console.log(address.port)
})
