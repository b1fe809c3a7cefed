import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rig } from '../support/rig.ts'
import { answerBytes } from '../support/target.ts'
import { generateRequests, generateResponses } from './message-generator.ts'
import { readOwn } from './own-parser.ts'
import { Random } from './random.ts'

const seed = 77_001

test('2,500 generated inputs on sockets: each whole request is answered, the target sees only clean ones of them', async () => {
  const rig = await Rig.start({
    listeners: { main: { port: 0, host: '127.0.0.1', timeouts: { headers: '1s', body: '1s' } } },
  })
  let answered = 0
  try {
    for (let i = 0; i < 2500; i++) {
      const bytes = generateRequests(new Random(seed + i))
      const says = `seed ${seed + i}: ${JSON.stringify(bytes.toString('latin1'))}`
      const { messages } = readOwn(bytes, 'request')
      const whole = messages.filter(({ complete }) => complete)
      rig.target.calm()
      const connection = await rig.send(bytes, {
        until: 'close',
        end: true,
        methods: messages.map(({ method }) => method),
      })
      assert.equal(connection.reader.violation, undefined, `${connection.describe()}\n${says}`)
      assert.ok(
        connection.reader.complete >= whole.length,
        `${connection.describe()} for ${whole.length} requests\n${says}`,
      )
      assert.deepEqual(rig.target.violations, [], says)
      const seen = rig.target.requests.filter(({ complete }) => complete)
      assert.ok(seen.length <= whole.length, `${seen.length} at the target, ${whole.length} sent\n${says}`)
      // In order, each is one that was sent, with the same body.
      let at = 0
      for (const request of seen) {
        while (
          at < whole.length &&
          !(whole[at]?.method === request.method && whole[at]?.body === request.body.toString('latin1'))
        )
          at++
        assert.ok(at < whole.length, `the target saw ${request.method} ${request.target}, which nobody sent\n${says}`)
        at++
      }
      answered += whole.length
      if (i % 100 === 0) await rig.canary()
    }
    assert.ok(answered > 500, `${answered} whole requests in all`)
    await rig.canary()
  } finally {
    await rig.close()
  }
})

test('1,200 generated answers on sockets: the client sees only clean ones, and the next client is unaffected', async () => {
  const rig = await Rig.start({ defaults: { timeout: { total: '1s', idle: '1s' } } })
  let relayed = 0
  try {
    for (let i = 0; i < 1200; i++) {
      const bytes = generateResponses(new Random(seed + i))
      const says = `seed ${seed + i}: ${JSON.stringify(bytes.toString('latin1'))}`
      rig.target.calm()
      rig.target.answer = (request) => {
        answerBytes(bytes)(request)
        request.connection.end()
      }
      const connection = await rig.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n', { until: 1 })
      const response = connection.responses[0]
      const first = readOwn(bytes, 'response').messages.find(({ status }) => status >= 200)
      if (connection.reader.violation !== undefined)
        assert.equal(response?.complete, false, `${connection.reader.violation}\n${says}`)
      if (response?.complete === true && response.status !== 502) {
        relayed++
        assert.equal(response.status, first?.status, says)
        assert.equal(response.text, first?.body, says)
      }
      if (i % 100 === 0) await rig.canary()
    }
    assert.ok(relayed > 150, `${relayed} relayed`)
    await rig.canary()
  } finally {
    await rig.close()
  }
})
