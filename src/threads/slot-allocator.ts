import type { SlotTable } from '../contract/threads.ts'

/** The names a snapshot needs slots for; keys as in `SlotTable`. */
export interface SlotNames {
  readonly listeners: readonly string[]
  readonly routes: readonly string[]
  readonly services: readonly string[]
  readonly targets: readonly string[]
}
const sections = ['listeners', 'routes', 'services', 'targets'] as const
export type SlotSection = (typeof sections)[number]

/** Hands out indexes of shared memory by name, and takes them back when nobody uses the plan that named them. */
export interface SlotAllocator {
  /** Slots for a load: those of names that live keep their place, the others get free ones or new ones at the end. */
  assign(load: number, names: SlotNames): SlotTable
  /** Nobody is, or will be, on that load. Tells the slots that are free now, so that their counters can be cleared. */
  release(load: number): readonly { readonly section: SlotSection; readonly slot: number; readonly name: string }[]
  /** How many slots each section has ever needed at once; tables must be this long. */
  sizes(): Readonly<Record<SlotSection, number>>
}

class Section {
  readonly slots = new Map<string, number>()
  readonly users = new Map<string, number>()
  readonly free: number[] = []
  size = 0

  take(name: string): number {
    this.users.set(name, (this.users.get(name) ?? 0) + 1)
    let slot = this.slots.get(name)
    if (slot === undefined) {
      slot = this.free.pop() ?? this.size++
      this.slots.set(name, slot)
    }
    return slot
  }

  give(name: string): number | undefined {
    const users = (this.users.get(name) ?? 0) - 1
    if (users > 0) {
      this.users.set(name, users)
      return undefined
    }
    const slot = this.slots.get(name)
    this.users.delete(name)
    this.slots.delete(name)
    if (slot !== undefined) this.free.push(slot)
    return slot
  }
}

/** Makes the allocator; main has one. */
export function createSlotAllocator(): SlotAllocator {
  const tables = {
    listeners: new Section(),
    routes: new Section(),
    services: new Section(),
    targets: new Section(),
  } satisfies Record<SlotSection, Section>
  const loads = new Map<number, Readonly<Record<SlotSection, ReadonlySet<string>>>>()

  return {
    assign: (load, names) => {
      const unique = {
        listeners: new Set(names.listeners),
        routes: new Set(names.routes),
        services: new Set(names.services),
        targets: new Set(names.targets),
      }
      loads.set(load, unique)
      const take = (section: SlotSection): Record<string, number> => {
        const table = Object.create(null) as Record<string, number>
        for (const name of unique[section]) table[name] = tables[section].take(name)
        return table
      }
      return {
        listeners: take('listeners'),
        routes: take('routes'),
        services: take('services'),
        targets: take('targets'),
      }
    },
    release: (load) => {
      const names = loads.get(load)
      loads.delete(load)
      if (names === undefined) return []
      return sections.flatMap((section) =>
        [...names[section]].flatMap((name) => {
          const slot = tables[section].give(name)
          return slot === undefined ? [] : [{ section, slot, name }]
        }),
      )
    },
    sizes: () => ({
      listeners: tables.listeners.size,
      routes: tables.routes.size,
      services: tables.services.size,
      targets: tables.targets.size,
    }),
  }
}
