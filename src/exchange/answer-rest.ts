import type { BodyLength, ServiceStream } from '../contract/streams.ts'
import { Timed } from '../lib/timer-wheel.ts'
import type { Engine } from './engine.ts'

/** Most bytes that are read to keep a connection, and the longest wait for them in ms: a new one costs less than more. */
const byteLimit = 65536
const timeLimit = 1000

/** Whether the body of an answer that nobody wants is worth reading to its end. */
export const mayRunOut = (length: BodyLength): boolean =>
  length === 'tunnel' ? false : typeof length === 'number' ? length <= byteLimit : true

/**
 * The rest of an answer that something else took the place of: runs out into nothing, so that its connection can serve
 * the next request; is cut when it proves long or slow.
 */
export class AnswerRest extends Timed {
  private readonly stream: ServiceStream
  private readonly engine: Engine
  private left = byteLimit

  constructor(stream: ServiceStream, engine: Engine) {
    super()
    this.stream = stream
    this.engine = engine
    ;(engine.rests ??= new Set()).add(this)
    engine.wheel.arm(this, engine.coarseNow() + timeLimit)
  }

  took(bytes: number): void {
    this.left -= bytes
    if (this.left < 0) this.cut()
  }
  /** It is over, well or not. */
  end(): void {
    this.engine.wheel.remove(this)
    this.engine.rests?.delete(this)
  }
  onDeadline(): void {
    this.cut()
  }
  cut(): void {
    this.end()
    this.stream.abort()
  }
}
