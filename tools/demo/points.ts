import type { MetricPoint } from '../../types/metrics.ts'

// What happens in a small shop within some seconds, as points of metrics: those that the built-in components read.

const products = [
  { product: 'Desk lamp', category: 'Lighting', price: 49 },
  { product: 'Oak desk', category: 'Furniture', price: 389 },
  { product: 'Office chair', category: 'Furniture', price: 249 },
  { product: 'Notebook', category: 'Paper', price: 12 },
  { product: 'Fountain pen', category: 'Writing', price: 79 },
]
const sources = ['Search', 'Direct', 'Social', 'Mail', 'Referral']
const customers = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Emmy Noether', 'Kurt Gödel']

export interface Happening {
  /** Between 0 and 1, another one at every call. */
  random(): number
  /** An id that nothing else has. */
  newId(): string
  time: Date
}

/** The points of a visit or some, and now and then of an order. */
export function pointsOf({ random, newId, time }: Happening): MetricPoint[] {
  const oneOf = <Thing>(things: Thing[]): Thing => things[Math.floor(random() * things.length)] as Thing
  const point = (key: string, value: number, dimensions: Record<string, string> = {}) => ({
    key,
    value,
    dimensions,
    time: time.toISOString(),
    id: newId(),
  })
  const source = oneOf(sources)
  const points: MetricPoint[] = [
    point('visits', 1 + Math.floor(random() * 4), { source }),
    point('sessions', 20 + Math.floor(random() * 40)),
  ]
  if (random() > 0.4) return points

  const { price, ...sold } = oneOf(products)
  const customer = oneOf(customers)
  return [
    ...points,
    point('conversions', 1, { source }),
    point('orders', 1, sold),
    point('units', 1, sold),
    point('revenue', price, sold),
    point('profit', Math.round(price * 0.32)),
    { ...point('order', price, { customer, status: 'pending' }), id: `order-${newId().slice(0, 8)}` },
    point('activity', 1, { type: 'orders', actor: customer, text: `${customer} ordered ${sold.product}` }),
  ]
}
