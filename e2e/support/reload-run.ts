import assert from 'node:assert/strict'
import { startLoad } from './load.ts'
import { message } from './message.ts'
import { fixedListeners, marked, reloadUntil, replaceFile, sameListeners, withProcess } from './process-rig.ts'
import { RawConnection } from './raw-connection.ts'
import { answerBytes, answerWith } from './target.ts'
import { handshake, switching } from './websocket.ts'

const eventHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'

/**
 * So many reloads under load, with a tunnel and an event stream held open throughout: no request fails, and both are
 * still there at the end. Gives the number of requests.
 */
export const reloadUnderLoad = async (rounds: number): Promise<number> => {
  let requests = 0
  await withProcess({ listeners: await fixedListeners(), ...marked('0') }, async (rig) => {
    rig.target.answer = (request) => {
      if (request.target === '/ws') answerBytes(switching())(request)
      else if (request.target === '/events') answerBytes(eventHead)(request)
      else answerWith(200)(request)
    }
    const tunnel = await RawConnection.open(rig.port)
    tunnel.write(handshake('/ws'))
    const stream = await RawConnection.open(rig.port)
    stream.write(message(['GET /events HTTP/1.1', 'Host: a.test']))
    await tunnel.until(() => tunnel.responses.length === 1)
    await stream.until(() => stream.responses.length === 1)
    const ends = ['/ws', '/events'].map((path) => rig.target.requests.find(({ target }) => target === path))
    const load = startLoad(rig.port, { connections: 8, reopen: 20 })
    for (let n = 1; n <= rounds; n++) {
      await replaceFile(rig, { listeners: sameListeners(rig), ...marked(String(n)) })
      await reloadUntil(rig, String(n))
      rig.target.requests.length = 0
    }
    const { failed, done } = await load.stop()
    assert.deepEqual(failed, [], `of ${done}`)
    requests = done
    ends[0]?.connection.write('still here')
    ends[1]?.connection.write('4\r\nhere\r\n')
    await tunnel.until(() => tunnel.tunnel.toString() === 'still here', 5000, 'the tunnel')
    await stream.until(() => stream.responses[0]?.text === 'here', 5000, 'the event stream')
    tunnel.destroy()
    stream.destroy()
  })
  return requests
}
