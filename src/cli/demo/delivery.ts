import { missing, type Answer, type PretendService, type Question } from './answer.ts'

const stops = ['warehouse Busan', 'hub Daejeon', 'hub Seoul', 'van', 'door'] as const

/** Where parcels are; `/delivery/n/events` follows one as an event stream. */
export const createDelivery = (): PretendService => {
  const parcel = (id: number): { readonly orderId: number; readonly stop: string; readonly stopsLeft: number } => {
    const at = id % stops.length
    return { orderId: id, stop: stops[at] as string, stopsLeft: stops.length - 1 - at }
  }
  const answer = ({ rest }: Question): Answer => {
    if (rest.length === 0) return { status: 200, body: { parcels: [1, 2, 3, 4, 5].map(parcel) } }
    const id = Number(rest[0])
    if (!Number.isInteger(id) || id < 1 || id > 999) return missing('such parcel')
    if (rest[1] === 'events')
      return { status: 200, events: stops.map((stop, index) => ({ orderId: id, stop, step: index + 1 })) }
    return rest.length === 1 ? { status: 200, body: parcel(id) } : missing('such page')
  }
  return { name: 'delivery', pace: 25, answer }
}
