import jsonata from 'jsonata'
import { mapped } from '../functions/widget-refresh/mapping.ts'
import type { Measurement } from './report.ts'
import { absolute, relative, sampled, sampledBeside } from './samples.ts'

const about = { type: 'table', query: {} }
const times = { rounds: 40, warmUp: 10 }

/** An answer of half a megabyte, and what a table makes of it. */
const orders = {
  orders: Array.from({ length: 5_000 }, (_, place) => ({
    id: place,
    country: `country ${place % 40}`,
    amount: (place * 7_919) % 10_007,
    buyer: { name: `Buyer ${place % 800}`, since: '2026-01-01' },
  })),
}
const table = `{
  "columns": ["country", "orders", "amount"],
  "rows": orders{country: {"orders": $count($), "amount": $sum(amount)}} ~> $each(function($of, $country) {
    [$country, $of.orders, $of.amount]
  })
}`

/** What the limits of mappings cost: to an honest one, and with what takes longest of all that they allow. */
export async function measureMappings(): Promise<Measurement[]> {
  const limited = () => timed(() => mapped(table, orders, about))
  const unlimited = () => timed(() => jsonata(table).evaluate(orders))
  const numbers = Array.from({ length: 90_000 }, (_, place) => (place * 7_919) % 90_001)
  const sorts = await sampled(times, () => timed(() => mapped('$count($sort($))', numbers, about)))
  return [
    relative(
      'a mapping of 5,000 orders to a table, beside JSONata without limits',
      await sampledBeside(times, unlimited, limited),
      2,
    ),
    absolute('a mapping that sorts 90,000 numbers, p95 in ms', sorts, 250),
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
