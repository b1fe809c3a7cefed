import type { Step, Steps } from '../contract/plan.ts'
import type { PolicyDefinition, Stage } from '../contract/policy.ts'
import { stageIndex } from '../lib/stages.ts'

/** A step before it has its place. `isOwn`: a policy of the user's, which runs after the built-in ones of its stage. */
export interface LooseStep {
  readonly step: Omit<Step, 'index'>
  readonly definition: Pick<PolicyDefinition<never>, 'rank' | 'answers'>
  readonly isOwn: boolean
}

const place = (stage: Stage, rank: number, isOwn: boolean): number =>
  stageIndex(stage) * 10_000 + (isOwn ? 5_000 : 0) + rank

/** Sorts steps into running order and into one array per hook, so that a hook nobody has costs nothing. */
export const arrange = (loose: readonly LooseStep[], firstIndex: number): Steps => {
  const sorted = loose.toSorted(
    (a, b) => place(a.step.stage, a.definition.rank, a.isOwn) - place(b.step.stage, b.definition.rank, b.isOwn),
  )
  const all = sorted.map((entry, index): Step => ({ ...entry.step, index: firstIndex + index }))
  const request: Step[] = []
  const mirrored: { step: Step; after: number }[] = []
  const answering: { step: Step; after: number; place: number }[] = []
  for (const [index, step] of all.entries()) {
    const { definition, isOwn } = sorted[index] as LooseStep
    if (step.policy.onRequest !== undefined) request.push(step)
    if (step.policy.onResponse === undefined) continue
    const answers =
      definition.answers ??
      (stageIndex(step.stage) >= stageIndex('respond') ? { stage: step.stage, rank: definition.rank } : undefined)
    if (answers !== undefined) answering.push({ step, after: 0, place: place(answers.stage, answers.rank, isOwn) })
    else mirrored.unshift({ step, after: request.length })
  }
  answering.sort((a, b) => a.place - b.place)
  return {
    request,
    requestBody: all.filter((step) => step.policy.onRequestBody !== undefined),
    attempt: all.filter((step) => step.policy.onAttempt !== undefined),
    response: [...mirrored, ...answering.map(({ step, after }) => ({ step, after }))],
    transform: all.filter((step) => step.policy.transformResponse !== undefined),
    barrier: all.filter((step) => step.policy.beforeEnd !== undefined),
    end: all.filter((step) => step.policy.onEnd !== undefined),
    own: all.some((step) => step.stamp !== undefined),
    all,
  }
}
