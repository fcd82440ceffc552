import * as fc from 'fast-check'
import type pg from 'pg'
import { expect, it } from 'vitest'
import { service } from '../../support/database/act.ts'
import {
  apply,
  type Claim,
  claim,
  event,
  inDays,
  invoice,
  item,
  keepCustomer,
  subscription,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createCast, ours } from '../../support/people/cast.ts'

// Stripe as a timeline of what there is, each step of which sends an event. Whatever the order in which deliveries are
// claimed, fetch what there is at that moment, and apply it, the end is what there is at the end.

const story = policySuite(async (client) => {
  await createCast(client)
  await keepCustomer(client)
})

type Objects = Record<string, unknown>
interface Step {
  type: string
  objects: Objects
}

const status = fc.constantFrom('trialing', 'active', 'past_due', 'paused', 'unpaid', 'canceled', 'incomplete')
/** Two subscriptions and three invoices, each of which may be something else with every step. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ which: fc.nat(1), status, day: fc.integer({ min: -20, max: 0 }), willEnd: fc.boolean() })
    .map(({ which, status, day, willEnd }) => ({
      type: status === 'canceled' ? 'customer.subscription.deleted' : 'customer.subscription.updated',
      objects: {
        subscription: subscription({
          id: `sub_${which}`,
          status,
          cancel_at_period_end: willEnd,
          items: [item({ current_period_start: inDays(day), current_period_end: inDays(day + 30) })],
        }),
      },
    })),
  fc
    .record({
      which: fc.nat(2),
      status: fc.constantFrom('open', 'paid', 'void', 'uncollectible'),
      refunded: fc.nat(1900),
    })
    .map(({ which, status, refunded }) => ({
      type: 'invoice.updated',
      objects: {
        invoice: invoice({
          id: `in_${which}`,
          subscription: `sub_${which % 2}`,
          status,
          created: inDays(-3 * which - 1),
          amount_refunded: refunded,
        }),
      },
    })),
)

const keyOf = (objects: Objects) => {
  const [kind = '', object] = Object.entries(objects)[0] ?? []
  return `${kind} ${(object as { id: string }).id}`
}

/** What there is at Stripe. */
class World {
  readonly current = new Map<string, Objects>()
  happen({ objects }: Step) {
    this.current.set(keyOf(objects), objects)
  }
  fetch({ objects }: Step): Objects {
    return this.current.get(keyOf(objects)) ?? {}
  }
}

/** One delivery of an event, in three steps between which anything may happen. */
class Delivery {
  private claimed?: Claim
  private fetched?: Objects
  private readonly client: pg.Client
  private readonly world: World
  private readonly step: Step
  private readonly id: string
  isDone = false

  constructor(client: pg.Client, world: World, step: Step, id: string) {
    this.client = client
    this.world = world
    this.step = step
    this.id = id
  }

  async advance(): Promise<void> {
    if (!this.claimed) {
      this.claimed = await claim(this.client, event({ id: this.id, type: this.step.type }))
      this.isDone = this.claimed.state !== 'claimed'
    } else if (!this.fetched) this.fetched = this.world.fetch(this.step)
    else {
      await apply(this.client, this.id, this.claimed.ticket, this.fetched)
      this.isDone = true
    }
  }
}

/** What is known in the end; by what event it came to be may differ. */
const known = async (client: pg.Client) =>
  (
    await client.query(
      `select
         (select jsonb_agg(to_jsonb(s) - '{event_id,created_at,updated_at}'::text[] order by s.id)
          from public.subscriptions s) as subscriptions,
         (select jsonb_agg(to_jsonb(i) - '{event_id,updated_at}'::text[] order by i.id)
          from public.invoices i) as invoices,
         (select w.plan_type from public.workspaces w where w.id = $1) as plan,
         (select jsonb_build_array(p.plan_key, p.source, p.changes_at)
          from private.workspace_plans p where p.workspace_id = $1) as state,
         (select private.billing_period($1)) as period`,
      [ours],
    )
  ).rows[0]

/** What is known after this work, which is then taken back. */
async function outcomeOf(client: pg.Client, work: () => Promise<void>) {
  await client.query('savepoint world')
  await work()
  const outcome = await known(client)
  await client.query('rollback to savepoint world')
  return outcome
}

async function inOrder(client: pg.Client, steps: Step[], run: string) {
  const world = new World()
  for (const [n, each] of steps.entries()) {
    world.happen(each)
    const delivery = new Delivery(client, world, each, `evt_${run}_${n}`)
    while (!delivery.isDone) await delivery.advance()
  }
  return world
}

/** Every night: what is fetched after the ticket was taken. */
async function repair(client: pg.Client, world: World) {
  const { ticket } = await call<{ ticket: number }>(client, service, 'billing_subscriptions_to_compare', [])
  for (const objects of world.current.values())
    await call(client, service, 'apply_billing_objects', [ticket, JSON.stringify(objects)])
}

it(
  'shuffled, interleaved, doubled, or dropped and then repaired, events end in the same state',
  story(async (client) => {
    const worlds = fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 7 }),
      copies: fc.array(fc.constantFrom(0, 1, 1, 2), { minLength: 7, maxLength: 7 }),
      choices: fc.infiniteStream(fc.nat(1e6)),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(worlds, async ({ steps, copies, choices }) => {
        run += 1
        const expected = await outcomeOf(client, async () => {
          await inOrder(client, steps, `o${run}`)
        })
        const outcome = await outcomeOf(client, async () => {
          const world = new World()
          const toHappen = [...steps.entries()]
          const underway: Delivery[] = []
          while (toHappen.length + underway.length > 0) {
            const choice = (choices.next().value ?? 0) % (underway.length + Math.min(toHappen.length, 1))
            const delivery = underway[choice]
            if (delivery) {
              await delivery.advance()
              if (delivery.isDone) underway.splice(choice, 1)
              continue
            }
            const [n, each] = toHappen.shift() ?? []
            if (n === undefined || !each) continue
            world.happen(each)
            for (let copy = 0; copy < (copies[n] ?? 1); copy += 1)
              underway.push(new Delivery(client, world, each, `evt_s${run}_${n}`))
          }
          if (copies.slice(0, steps.length).includes(0)) await repair(client, world)
        })
        expect(outcome).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  }),
)
