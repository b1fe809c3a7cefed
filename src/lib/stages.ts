import type { Stage } from '../contract/policy.ts'

/** Stages in running order (config.md §5.1). */
export const stages: readonly Stage[] = [
  'receive',
  'lists',
  'cors',
  'authenticate',
  'authorize',
  'limit',
  'inspect',
  'match',
  'validate',
  'cache',
  'transform',
  'deliver',
  'respond',
  'log',
]

/** Place of a stage in the running order, from 0. */
export const stageIndex = (stage: Stage): number => stages.indexOf(stage)
