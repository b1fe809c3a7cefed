import type { GatewayFacts } from './prometheus.ts'

/** CPU and memory of the whole process, whichever thread asks. */
export const processFacts = (): Pick<GatewayFacts, 'cpuSeconds' | 'residentBytes' | 'node'> => {
  const { user, system } = process.cpuUsage()
  return { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss(), node: process.versions.node }
}
