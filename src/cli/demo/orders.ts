import { missing, type Answer, type PretendService, type Question } from './answer.ts'

interface Order {
  readonly id: number
  readonly customer: string
  readonly items: readonly {
    readonly sku: string
    readonly name: string
    readonly quantity: number
    readonly price: number
  }[]
  readonly total: number
  readonly currency: string
  readonly status: string
  readonly paymentId: number
  readonly placedAt: string
}

const goods = [
  ['TEA-01', 'Green tea, Boseong', 9.5],
  ['BWL-07', 'Stoneware bowl', 24],
  ['LMP-03', 'Paper lamp', 42],
  ['FAN-12', 'Folding fan', 15],
  ['INK-05', 'Ink stone', 38],
  ['HNJ-02', 'Hanji notebook', 12],
] as const
const customers = ['Ada', 'Bora', 'Chen', 'Dae', 'Elif', 'Femi', 'Grace', 'Haru'] as const
const statuses = ['placed', 'paid', 'packed', 'sent', 'delivered'] as const

const made = (id: number): Order => {
  const items = [0, 1].map((step) => {
    const [sku, name, price] = goods[(id * 5 + step * 2) % goods.length] as (typeof goods)[number]
    return { sku, name, quantity: 1 + ((id + step) % 3), price }
  })
  return {
    id,
    customer: customers[id % customers.length] as string,
    items,
    total: items.reduce((sum, item) => sum + item.price * item.quantity, 0),
    currency: 'EUR',
    status: statuses[id % statuses.length] as string,
    paymentId: 9000 + id,
    placedAt: new Date(Date.UTC(2026, 0, 1) + id * 5_400_000).toISOString(),
  }
}

/** Orders of a small shop: list, one, place, cancel. */
export const createOrders = (): PretendService => {
  const orders = new Map<number, Order>(Array.from({ length: 40 }, (_, index) => [index + 1, made(index + 1)]))
  const list = (query: URLSearchParams): Answer => {
    const limit = Math.min(Math.max(Number(query.get('limit') ?? 20) || 20, 1), 100)
    const status = query.get('status')
    const found = [...orders.values()].filter((order) => status === null || order.status === status)
    return { status: 200, body: { orders: found.slice(0, limit), total: found.length } }
  }
  const place = (body: unknown): Answer => {
    if (typeof body !== 'object' || body === null) return { status: 400, body: { error: 'send a JSON object' } }
    const id = Math.max(...orders.keys()) + 1
    const customer = (body as { readonly customer?: unknown }).customer
    const order = { ...made(id), status: 'placed', ...(typeof customer === 'string' ? { customer } : {}) }
    orders.set(id, order)
    return { status: 201, body: order, location: `/orders/${id}` }
  }
  const answer = ({ method, rest, query, body }: Question): Answer => {
    if (rest.length === 0) return method === 'POST' ? place(body) : list(query)
    const id = Number(rest[0])
    const order = orders.get(id)
    if (order === undefined || rest.length > 1) return missing('such order')
    if (method === 'DELETE') {
      orders.delete(id)
      return { status: 204 }
    }
    return { status: 200, body: order }
  }
  return { name: 'orders', pace: 4, answer }
}
