import type { MaybePromise } from '../contract/exchange.ts'
import type { MessagePort, Transferable, Worker } from 'node:worker_threads'

/** What one side of a port answers: name to a function of one value. */
export type Calls = { readonly [name: string]: (value: never) => unknown }
type Ask<C extends Calls, K extends keyof C> = Parameters<C[K]>[0]
type Answer<C extends Calls, K extends keyof C> = Awaited<ReturnType<C[K]>>

/** What a side gives to answer: each call, at once or later. */
export type Answering<C extends Calls> = {
  readonly [K in keyof C]: (value: Ask<C, K>) => MaybePromise<Answer<C, K>>
}

/** Calls over a message port, both ways. Answers that never come are an error after `timeout`. */
export interface Peer<Theirs extends Calls> {
  /** Rejects with the other side's error text, when the other side ends, or after `timeout` ms (0, the default: never). */
  call<K extends keyof Theirs & string>(
    name: K,
    value: Ask<Theirs, K>,
    options?: { readonly transfer?: readonly Transferable[]; readonly timeout?: number },
  ): Promise<Answer<Theirs, K>>
  /** Calls without waiting; errors of the other side are its own to tell. */
  tell<K extends keyof Theirs & string>(name: K, value: Ask<Theirs, K>, transfer?: readonly Transferable[]): void
  /** Rejects what still waits; later calls reject at once. */
  close(reason: string): void
}

type Message =
  | { readonly ask: number; readonly name: string; readonly value: unknown }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: string }

/** Failure told by the other side of a port, or that it did not answer. */
export class PeerError extends Error {
  override name = 'PeerError'
}

const noTransfer: readonly Transferable[] = []

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
  readonly timer: NodeJS.Timeout | undefined
}

/** Joins a port: `ours` answers the other side, the result calls it. */
export function createPeer<Theirs extends Calls, Ours extends Calls>(
  port: MessagePort | Worker,
  ours: Answering<Ours>,
): Peer<Theirs> {
  const waiting = new Map<number, Waiting>()
  let last = 0
  let closed: string | undefined

  const post = (message: Message, transfer: readonly Transferable[]): void => port.postMessage(message, [...transfer])

  const settle = (id: number): Waiting | undefined => {
    const entry = waiting.get(id)
    waiting.delete(id)
    if (entry?.timer !== undefined) clearTimeout(entry.timer)
    return entry
  }

  const answer = async (id: number, name: string, value: unknown): Promise<void> => {
    try {
      const handler = (ours as Readonly<Record<string, (value: unknown) => unknown>>)[name]
      if (handler === undefined) throw new PeerError(`no call ${name}`)
      const result = await handler(value)
      if (id !== 0 && closed === undefined) post({ answer: id, value: result }, noTransfer)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (id !== 0 && closed === undefined) post({ answer: id, error: text }, noTransfer)
      else if (id === 0) process.emitWarning(`${name}: ${text}`, 'PeerWarning')
    }
  }

  port.on('message', (message: Message) => {
    if ('ask' in message) return void answer(message.ask, message.name, message.value)
    const entry = settle(message.answer)
    if (entry === undefined) return
    if ('error' in message) entry.reject(new PeerError(message.error))
    else entry.resolve(message.value)
  })

  return {
    call: (name, value, options = {}) =>
      new Promise((resolve, reject) => {
        if (closed !== undefined) return reject(new PeerError(closed))
        const id = ++last
        const timeout = options.timeout ?? 0
        const timer =
          timeout > 0
            ? setTimeout(() => settle(id)?.reject(new PeerError(`${name}: no answer in ${timeout} ms`)), timeout)
            : undefined
        waiting.set(id, { resolve, reject, timer })
        try {
          post({ ask: id, name, value }, options.transfer ?? noTransfer)
        } catch (error) {
          settle(id)?.reject(error as Error)
        }
      }),
    tell: (name, value, transfer = noTransfer) => {
      if (closed === undefined) post({ ask: 0, name, value }, transfer)
    },
    close: (reason) => {
      closed ??= reason
      for (const id of waiting.keys()) settle(id)?.reject(new PeerError(reason))
    },
  }
}
