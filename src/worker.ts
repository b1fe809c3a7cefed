import { parentPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { createDataPlane } from './data-plane.ts'
import { startHeartbeat } from './telemetry/heartbeat.ts'
import type { MemoryHandles } from './telemetry/memory.ts'
import { createStepStamp } from './telemetry/stamp.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { createCodeLoader } from './threads/code-loader.ts'
import { startPulse } from './threads/pulse.ts'
import { extension, root } from './threads/thread-file.ts'
import { runWorker } from './threads/worker-life.ts'

// A data worker: its own loop, its own plan, its own connections. Loads no control room and no npm package.

const code = createCodeLoader(root, extension)

runWorker(parentPort as MessagePort, {
  begin: ({ column, memory, node, version, start, level, redact, access, pages }, main) => {
    const handles = memory as MemoryHandles
    const telemetry = createTelemetry(handles, column, { level, redact, access, batch: true })
    const beat = startHeartbeat(handles, column)
    const pulse = startPulse()
    const plane = createDataPlane({
      telemetry,
      worker: column,
      node,
      version,
      start,
      pages,
      vitals: pulse.vitals,
      stamp: createStepStamp(handles, column),
      importCode: (ref, generation) => code.importCode(ref, generation),
      onFatal: main.report,
      onLeft: main.left,
    })
    return {
      plane,
      grow: (grown) => telemetry.grow(grown as MemoryHandles),
      stop: () => {
        beat.stop()
        pulse.stop()
      },
    }
  },
  blame: (error) => code.blame(error),
})
