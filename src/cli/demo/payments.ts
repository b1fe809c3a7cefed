import { missing, type Answer, type PretendService, type Question } from './answer.ts'

const methods = ['card', 'transfer', 'wallet'] as const

/** Payments of the orders; payment 9000 + n belongs to order n. */
export const createPayments = (): PretendService => {
  const one = (id: number): Answer =>
    Number.isInteger(id) && id > 9000 && id <= 9999
      ? {
          status: 200,
          body: {
            id,
            orderId: id - 9000,
            method: methods[id % methods.length],
            status: id % 7 === 0 ? 'pending' : 'captured',
            amount: Math.round((10 + ((id * 37) % 900) / 10) * 100) / 100,
            currency: 'EUR',
          },
        }
      : missing('such payment')
  const answer = ({ method, rest }: Question): Answer => {
    if (rest.length === 0) {
      return method === 'POST'
        ? { status: 202, body: { status: 'pending' } }
        : { status: 200, body: { payments: [9001, 9002, 9003, 9004, 9005].map((id) => one(id).body) } }
    }
    return rest.length === 1 ? one(Number(rest[0])) : missing('such page')
  }
  return { name: 'payments', pace: 12, answer }
}
