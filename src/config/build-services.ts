import type { ServiceSnapshot } from '../contract/snapshot.ts'
import type { Sources } from './source.ts'
import type { Unit } from './unit.ts'

interface CheckedService {
  readonly targets: readonly { readonly url: string; readonly weight: number }[]
  readonly loadBalancing: { readonly algorithm: ServiceSnapshot['algorithm'] }
  readonly healthCheck: {
    readonly passive: (NonNullable<ServiceSnapshot['passive']> & { readonly on: readonly string[] }) | null
    readonly whenNoneHealthy: ServiceSnapshot['whenNoneHealthy']
  }
  readonly pool: ServiceSnapshot['pool']
  readonly forwarded?: 'both'
  readonly labels?: Readonly<Record<string, string>> | null
}

/** A checked service as the snapshot holds it. */
export const buildService = (unit: Unit, sources: Sources): ServiceSnapshot | undefined => {
  if (unit.value === undefined) return undefined
  const service = unit.value as unknown as CheckedService
  return {
    name: unit.name,
    origin: sources.origin(unit.place),
    targets: service.targets.map((target) => ({
      url: target.url,
      weight: target.weight,
      zone: undefined,
      backup: false,
    })),
    algorithm: service.loadBalancing.algorithm,
    pool: service.pool,
    passive: service.healthCheck.passive ?? undefined,
    whenNoneHealthy: service.healthCheck.whenNoneHealthy,
    forwarded: service.forwarded ?? 'none',
    labels: service.labels ?? {},
  }
}
