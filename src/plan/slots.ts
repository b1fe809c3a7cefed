import type { Snapshot } from '../contract/snapshot.ts'
import type { SlotTable } from '../contract/threads.ts'

const numbered = (names: readonly string[]): Record<string, number> => {
  const slots: Record<string, number> = Object.create(null) as Record<string, number>
  let next = 0
  for (const name of names) slots[name] ??= next++
  return slots
}

/** Slots as main would hand them out to a first plan: for a gateway without threads. */
export const slotsOf = (snapshot: Snapshot): SlotTable => ({
  listeners: numbered(snapshot.listeners.map(({ name }) => name)),
  routes: numbered([
    ...snapshot.listeners.map(({ name }) => name),
    ...snapshot.routes.flatMap((route) => route.listeners.map((listener) => `${listener} ${route.name}`)),
  ]),
  services: numbered(snapshot.services.map(({ name }) => name)),
  targets: numbered(snapshot.services.flatMap(({ name, targets }) => targets.map(({ url }) => `${name} ${url}`))),
})
