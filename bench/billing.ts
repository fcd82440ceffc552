import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import type { Measurement } from './report.ts'
import { absolute, sampled } from './samples.ts'

const workspaces = 100
const events = 500
const sessions = 8
const rounds = { rounds: 200, warmUp: 20 }
const spendMilliseconds = 3000

const workspaceOf = (number: number) => `WK-B${String(number % workspaces).padStart(8, '0')}`
const customerOf = (number: number) => `cus_bench_${number % workspaces}`

/** What one event of Stripe costs the database, many at once, and the ledger of one workspace. */
export async function measureBilling(stack: Stack): Promise<Measurement[]> {
  const clients = await Promise.all(
    Array.from({ length: sessions }, async () => {
      const client = new pg.Client({ connectionString: stack.urls.database })
      await client.connect()
      return client
    }),
  )
  const [client] = clients
  if (!client) throw new Error('There is no session.')
  try {
    await fill(client)
    const applied = await sampled(rounds, (round) => timed(() => deliver(client, `evt_one_${round}`, round)))
    const spent = await sampled(rounds, () => timed(() => spend(client, workspaceOf(1))))
    const together = await manyEvents(clients)
    const rate = await spendingRate(clients)
    return [
      absolute('an event of Stripe, claimed and applied', applied, 20),
      {
        name: `${events} events at once for ${workspaces} workspaces`,
        figure: `${together.applied} applied, ${together.twice} twice, in ${Math.round(together.milliseconds)} ms`,
        limit: '',
        value: together.applied - together.twice,
        budget: { atLeast: events },
      },
      absolute('a hold of use and its settlement', spent, 3),
      {
        name: `holds settled a second in one workspace, by ${sessions} at once`,
        figure: `${Math.round(rate)}`,
        limit: '',
        value: rate,
        budget: { atLeast: 200 },
      },
    ]
  } finally {
    await client.query(
      "set local private.paid_deletion_allowed = 'true'; delete from public.workspaces where id like 'WK-B%'",
    )
    await Promise.all(clients.map((each) => each.end()))
  }
}

async function fill(client: pg.Client): Promise<void> {
  for (let number = 0; number < workspaces; number += 1) {
    await client.query("insert into public.workspaces (id, name, plan_type) values ($1, 'Bench', 'free')", [
      workspaceOf(number),
    ])
    await client.query('select public.keep_billing_customer($1, $2, false)', [
      workspaceOf(number),
      customerOf(number),
    ])
    await client.query("select public.grant_plan($1, 'premium', null, 'Bench')", [workspaceOf(number)])
  }
}

/** As the function does it, without the fetch: a subscription and an invoice that are others than before. */
async function deliver(client: pg.Client, id: string, number: number): Promise<void> {
  const customer = customerOf(number)
  const now = new Date().toISOString()
  const told = {
    id,
    type: 'customer.subscription.updated',
    created: now,
    livemode: false,
    customer,
  }
  const claimed = await client.query('select public.claim_billing_event($1) as answer', [
    JSON.stringify(told),
  ])
  const objects = {
    subscription: {
      id: `sub_${customer}`,
      customer,
      status: number % 2 ? 'active' : 'past_due',
      livemode: false,
      cancel_at_period_end: false,
      items: [
        {
          id: `si_${customer}`,
          price: 'price_bench',
          lookup_key: 'premium_monthly_eur',
          quantity: number % 1000,
          current_period_start: now,
          current_period_end: now,
        },
      ],
    },
    invoice: {
      id: `in_${customer}`,
      customer,
      status: number % 2 ? 'paid' : 'open',
      currency: 'eur',
      total: number,
      amount_due: number,
      amount_paid: 0,
      created: now,
    },
  }
  await client.query('select public.apply_billing_event($1, $2, $3)', [
    id,
    claimed.rows[0].answer.ticket,
    JSON.stringify(objects),
  ])
}

async function manyEvents(clients: pg.Client[]) {
  const waiting = Array.from({ length: events }, (_, number) => number)
  const [client] = clients
  const milliseconds = await timed(() =>
    Promise.all(
      clients.map(async (each) => {
        for (let number = waiting.pop(); number !== undefined; number = waiting.pop())
          await deliver(each, `evt_many_${number}`, number)
      }),
    ),
  )
  const counted = await client?.query<{ applied: number; twice: number }>(
    `select count(*) filter (where state = 'applied')::int as applied,
       count(*) filter (where attempts > 1)::int as twice
     from private.billing_events where id like 'evt_many_%'`,
  )
  return { milliseconds, ...(counted?.rows[0] ?? { applied: 0, twice: 0 }) }
}

/** Each in a transaction of its own, as work holds before it begins and settles when it is done. */
async function spend(client: pg.Client, workspace: string): Promise<void> {
  const held = await client.query({
    name: 'hold',
    text: "select private.hold_usage($1, 'ai_credits', 0.01, '1 hour', null) as id",
    values: [workspace],
  })
  await client.query({
    name: 'settle',
    text: 'select private.settle_usage($1, $2, 0.01)',
    values: [workspace, held.rows[0].id],
  })
}

async function spendingRate(clients: pg.Client[]): Promise<number> {
  const end = performance.now() + spendMilliseconds
  const counts = await Promise.all(
    clients.map(async (client) => {
      let count = 0
      for (; performance.now() < end; count += 1) await spend(client, workspaceOf(0))
      return count
    }),
  )
  return (counts.reduce((sum, count) => sum + count, 0) / spendMilliseconds) * 1000
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
