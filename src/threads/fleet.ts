import { setTimeout } from 'node:timers/promises'
import type { TargetTable } from '../contract/threads.ts'
import { type BackOff, createBackOff } from './back-off.ts'
import { type Address, bindShared, BindError } from './bind.ts'
import { findBlockedCode } from './blocked-code.ts'
import { columnCount, type Fleet, type FleetPorts, type Running } from './fleet-contract.ts'
import type { Fault } from './worker-calls.ts'
import { handOver, handoverTimeout } from './hand-over.ts'
import { heapLimit } from './heap-limit.ts'
import { startWorker, type WorkerHandle } from './worker-handle.ts'

/** ms that a worker may take to build a plan. */
export const prepareTimeout = 10_000
/** A blocked loop is worth a log line from here on. */
const blockedLine = 1_000
/** Old generations of code stay in a worker's memory; after so many it is replaced. */
const generationsKept = 100
/** Pause between replacements that faults ask for. */
const faultPause = 5_000

const whereOf = ({ host, port, socket }: Address): string => socket ?? `${host} ${port}`
const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Makes the fleet; `start` brings it up. */
export function createFleet(ports: FleetPorts): Fleet {
  /** By position; undefined while a position's worker is being brought back. */
  const seats: (WorkerHandle | undefined)[] = []
  const alive = new Set<WorkerHandle>()
  const columns = new Set<number>()
  const backOffs: BackOff[] = []
  const replacing = new Map<number, Promise<void>>()
  const blocked = new Map<WorkerHandle, number>()
  let running: Running | undefined
  let targets: TargetTable | undefined
  let wanted = 0
  let ids = 0
  const life = { ending: false }
  let lastFaultReplacement = -Infinity
  const loadsSeen = new Set<number>()

  const current = (): Running => {
    if (running === undefined) throw new Error('nothing runs yet')
    return running
  }

  /** Tells loads that no worker is on or moving to, and on which nothing runs any more. */
  const checkLoads = (): void => {
    for (const load of loadsSeen) {
      if (load === running?.load) continue
      if ([...alive].some(({ holds }) => holds.has(load))) continue
      loadsSeen.delete(load)
      ports.left(load)
    }
  }

  const onExit = (worker: WorkerHandle, reason: string): void => {
    alive.delete(worker)
    blocked.delete(worker)
    columns.delete(worker.column)
    ports.fold(worker.column)
    checkLoads()
    const seat = seats.indexOf(worker)
    if (seat < 0 || life.ending) return
    seats[seat] = undefined
    if (!worker.retiring) ports.emit({ kind: 'worker-lost', worker: worker.id, reason })
    void bringBack(seat)
  }

  const onFault = (worker: WorkerHandle, fault: Fault): void => {
    const { kind, message, stack, culprit } = fault
    ports.emit({ kind: 'fault', worker: worker.id, what: kind, message, stack, culprit })
    if (life.ending || worker.retiring || performance.now() - lastFaultReplacement < faultPause) return
    lastFaultReplacement = performance.now()
    void replaceSeat(seats.indexOf(worker), `${kind}${culprit === undefined ? '' : ` in ${culprit}`}`)
  }

  /** A free column. Where too many predecessors drain at once, the one that has drained longest gives way. */
  const takeColumn = async (): Promise<number> => {
    while (columns.size >= columnCount(wanted)) {
      const oldest = [...alive].find(({ retiring }) => retiring)
      if (oldest === undefined) throw new Error('no column of shared memory is free')
      await oldest.thread.terminate()
      await oldest.ended
    }
    let column = 0
    while (columns.has(column)) column++
    columns.add(column)
    return column
  }
  const spawn = async (): Promise<WorkerHandle> => {
    const column = await takeColumn()
    let worker: WorkerHandle
    try {
      worker = startWorker(ports.file, ++ids, column, heapLimit(wanted), onFault, checkLoads)
    } catch (error) {
      columns.delete(column)
      throw error
    }
    alive.add(worker)
    void worker.ended.then((reason) => onExit(worker, reason))
    try {
      await worker.peer.call('begin', ports.setup(column), { timeout: prepareTimeout })
    } catch (error) {
      await worker.thread.terminate()
      throw error
    }
    return worker
  }

  const prepare = async (worker: WorkerHandle, next: Running): Promise<void> => {
    worker.holds.add(next.load)
    const order = worker.load === next.base && worker.load !== 0 ? next.changed : next.full
    try {
      await worker.peer.call('prepare', targets === undefined ? order : { ...order, targets }, {
        timeout: ports.patience,
      })
    } catch (error) {
      discard(worker, next.load)
      throw error
    }
  }
  const discard = (worker: WorkerHandle, load: number): void => {
    worker.peer.tell('discard', load)
    worker.holds.delete(load)
  }
  const commit = async (worker: WorkerHandle, next: Running): Promise<void> => {
    await worker.peer.call('commit', next.load, { timeout: prepareTimeout })
    worker.load = next.load
    if (worker.generation === 0) worker.generation = next.generation
    for (const name of worker.attached.keys()) if (!next.addresses.has(name)) worker.attached.delete(name)
    checkLoads()
  }
  const attach = async (worker: WorkerHandle, name: string, address: Address, first: boolean): Promise<void> => {
    if (address.socket !== undefined) {
      if (!first) return
      const temporary = `${address.socket}.${worker.id}`
      await worker.peer.call('attachPath', { name, path: address.socket, temporary }, { timeout: handoverTimeout })
    } else {
      const socket = bindShared(address)
      // A bound socket can be moved (Node 26), though the types do not know it yet.
      await worker.peer.call('attach', { name, socket }, { transfer: [socket as never], timeout: handoverTimeout })
    }
    worker.attached.set(name, whereOf(address))
  }
  /** Brings a worker to what runs now: plan, and listeners. */
  const catchUp = async (worker: WorkerHandle, first: boolean, listen = true): Promise<void> => {
    for (let goal: Running | undefined; goal !== running;) {
      goal = current()
      if (worker.load !== goal.load) {
        await prepare(worker, goal)
        await commit(worker, goal)
      }
      if (!listen) continue
      for (const [name, address] of goal.addresses)
        if (worker.attached.get(name) !== whereOf(address)) await attach(worker, name, address, first)
    }
  }

  const retire = async (worker: WorkerHandle, timeout: number): Promise<{ finished: number; cut: number }> => {
    worker.retiring = true
    const result = await worker.peer
      .call('drain', timeout, { timeout: timeout + 2_000 })
      .catch(() => ({ finished: 0, cut: 0 }))
    worker.peer.tell('end', undefined)
    await Promise.race([worker.ended, setTimeout(500, undefined, { ref: false })])
    await worker.thread.terminate()
    await worker.ended
    return result
  }

  const bringBack = async (seat: number): Promise<void> => {
    const backOff = (backOffs[seat] ??= createBackOff())
    while (!life.ending && seats[seat] === undefined) {
      await setTimeout(backOff.next(), undefined, { ref: false })
      if (life.ending) return
      let worker: WorkerHandle | undefined
      try {
        worker = await spawn()
        await worker.inTurn(() => catchUp(worker as WorkerHandle, seat === 0))
        seats[seat] = worker
      } catch (error) {
        const code = error instanceof BindError ? error.code : 'GW6004'
        ports.emit({ kind: 'notice', level: 'error', code, message: `no new worker yet: ${text(error)}` })
        if (worker !== undefined) await worker.thread.terminate()
      }
    }
  }

  const replaceNow = async (seat: number, reason: string): Promise<void> => {
    const old = seats[seat]
    if (old === undefined || life.ending) return
    const successor = await spawn()
    try {
      await successor.inTurn(() => catchUp(successor, seat === 0, false))
    } catch (error) {
      // The old one serves on: it is better than none.
      await successor.thread.terminate()
      throw error
    }
    const moved = [...old.attached].filter(([name]) => current().addresses.get(name)?.socket === undefined)
    const result = await old.inTurn(() =>
      handOver(
        old,
        successor,
        moved.map(([name]) => name),
      ),
    )
    if (result === 'done') for (const [name, where] of moved) successor.attached.set(name, where)
    if (life.ending || seats[seat] !== old) {
      await retire(successor, 0)
      return
    }
    old.retiring = true
    seats[seat] = successor
    try {
      await successor.inTurn(() => catchUp(successor, seat === 0))
      ports.emit({ kind: 'worker-replaced', worker: old.id, by: successor.id, reason })
    } catch (error) {
      ports.emit({ kind: 'worker-lost', worker: successor.id, reason: text(error) })
      await successor.thread.terminate()
    }
    // Its queues fill with connections that nobody will serve.
    if (result === 'stuck') await old.thread.terminate()
    // Not waited for: what runs in the old one may take its whole drain time.
    else void retire(old, current().drainTimeout)
  }
  const replaceSeat = (seat: number, reason: string): Promise<void> => {
    if (seat < 0) return Promise.resolve()
    const busy = replacing.get(seat)
    if (busy !== undefined) return busy
    const work = replaceNow(seat, reason)
      .catch((error: unknown) => ports.emit({ kind: 'notice', level: 'error', code: 'GW6004', message: text(error) }))
      .finally(() => replacing.delete(seat))
    replacing.set(seat, work)
    return work
  }

  const watch = async (worker: WorkerHandle): Promise<void> => {
    const ms = ports.blockedFor(worker.column)
    const told = blocked.get(worker)
    if (ms < blockedLine) return void blocked.delete(worker)
    const end = ms > (running?.maxBlock ?? Infinity)
    if (told !== undefined && !end) return
    blocked.set(worker, ms)
    const culprit = ports.stepOf(worker.column) ?? (await findBlockedCode(worker.thread))
    if (!alive.has(worker)) return
    ports.emit({ kind: 'worker-blocked', worker: worker.id, ms: Math.round(ms), culprit, ended: end })
    if (end) await worker.thread.terminate()
  }
  const watching = setInterval(() => {
    for (const worker of alive) if (worker.load !== 0) void watch(worker)
  }, 250)
  watching.unref()

  const serving = (): WorkerHandle[] =>
    seats.filter((worker) => worker !== undefined && !worker.retiring) as WorkerHandle[]

  return {
    start: async (count, first) => {
      wanted = count
      running = first
      loadsSeen.add(first.load)
      await Promise.all(
        Array.from({ length: count }, async (_, seat) => {
          const worker = await spawn()
          await worker.inTurn(() => catchUp(worker, seat === 0))
          seats[seat] = worker
        }),
      )
    },
    apply: async (next) => {
      loadsSeen.add(next.load)
      const late = new Set<WorkerHandle>()
      const workers = serving()
      const outcomes = await Promise.all(
        workers.map((worker) =>
          worker
            .inTurn(() => prepare(worker, next))
            .then(
              () => undefined,
              (error: unknown) => {
                const reason = text(error)
                if (!alive.has(worker) || reason.startsWith('prepare: no answer')) return void late.add(worker)
                return reason
              },
            ),
        ),
      )
      const refusal = outcomes.find((outcome) => outcome !== undefined)
      if (refusal !== undefined) {
        for (const worker of workers) discard(worker, next.load)
        checkLoads()
        throw new Error(refusal)
      }
      running = next
      await Promise.all(
        workers.map((worker) => {
          if (late.has(worker)) return replaceSeat(seats.indexOf(worker), 'not prepared in time')
          return worker
            .inTurn(async () => {
              await commit(worker, next)
              await catchUp(worker, seats.indexOf(worker) === 0)
            })
            .catch((error: unknown) =>
              alive.has(worker) ? replaceSeat(seats.indexOf(worker), text(error)) : undefined,
            )
        }),
      )
      checkLoads()
      const aged = serving().find((worker) => next.generation - worker.generation > generationsKept)
      if (aged !== undefined) void replaceSeat(seats.indexOf(aged), `${generationsKept} generations of code`)
    },
    replace: async (id, reason) => {
      if (id !== undefined)
        return replaceSeat(
          seats.findIndex((worker) => worker?.id === id),
          reason,
        )
      for (let seat = 0; seat < seats.length; seat++) await replaceSeat(seat, reason)
    },
    setTargets: (table) => {
      targets = table
      for (const worker of alive) if (worker.load !== 0) worker.peer.tell('setTargets', table)
    },
    explain: (request) => {
      const worker = serving()[0]
      if (worker === undefined) return Promise.reject(new Error('no worker serves'))
      return worker.peer.call('explain', request, { timeout: prepareTimeout })
    },
    workers: () =>
      [...alive].map((worker) => ({
        worker: worker.id,
        column: worker.column,
        state: worker.retiring ? 'draining' : worker.load === 0 ? 'starting' : 'serving',
        load: worker.load,
        startedAt: worker.startedAt,
      })),
    drain: async (timeout) => {
      life.ending = true
      const results = await Promise.all([...alive].map((worker) => retire(worker, timeout)))
      return results.reduce((sum, { finished, cut }) => ({ finished: sum.finished + finished, cut: sum.cut + cut }), {
        finished: 0,
        cut: 0,
      })
    },
    end: async () => {
      life.ending = true
      clearInterval(watching)
      await Promise.all([...alive].map((worker) => worker.thread.terminate()))
    },
  }
}
