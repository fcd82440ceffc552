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
/** A subscription and two invoices, each of which may be something else with every step. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ status, day: fc.integer({ min: -20, max: 0 }), willEnd: fc.boolean() })
    .map(({ status, day, willEnd }) => ({
      type: status === 'canceled' ? 'customer.subscription.deleted' : 'customer.subscription.updated',
      objects: {
        subscription: subscription({
          status,
          cancel_at_period_end: willEnd,
          items: [item({ current_period_start: inDays(day), current_period_end: inDays(day + 30) })],
        }),
      },
    })),
  fc
    .record({
      which: fc.nat(1),
      status: fc.constantFrom('open', 'paid', 'void', 'uncollectible'),
      refunded: fc.nat(1900),
    })
    .map(({ which, status, refunded }) => ({
      type: 'invoice.updated',
      objects: {
        invoice: invoice({
          id: `in_${which}`,
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

/** How long after what happened an event is claimed, how long that takes, and how long its objects are on their way. */
interface Delivery {
  claim: number
  fetch: number
  apply: number
}

/** Something that is done at a time. */
type Act = [at: number, act: () => unknown]

/** The three acts of a delivery, between which anything may happen. */
function actsOf(
  client: pg.Client,
  world: World,
  step: Step,
  id: string,
  at: number,
  delivery: Delivery,
): Act[] {
  let claimed: Claim | undefined
  let objects: Objects = {}
  const [claimedAt, fetchedAt] = [at + delivery.claim, at + delivery.claim + delivery.fetch]
  return [
    [
      claimedAt,
      async () => {
        claimed = await claim(client, event({ id, type: step.type }))
      },
    ],
    [
      fetchedAt,
      () => {
        objects = world.fetch(step)
      },
    ],
    [
      fetchedAt + delivery.apply,
      () => claimed?.state === 'claimed' && apply(client, id, claimed.ticket, objects),
    ],
  ]
}

/** Does all that is to be done, in the order of time. */
async function play(acts: Act[]): Promise<void> {
  for (const [, act] of acts.toSorted(([a], [b]) => a - b)) await act()
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
         (select to_jsonb(b) from private.billing_periods(array[$1]) b) as period`,
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

/** One event after the other, of each thing the last. */
async function inOrder(client: pg.Client, steps: Step[], run: number) {
  const world = new World()
  for (const each of steps) world.happen(each)
  const last = new Map(steps.map((each) => [keyOf(each.objects), each]))
  for (const [n, each] of [...last.values()].entries())
    await play(actsOf(client, world, each, `evt_o${run}_${n}`, n, { claim: 0, fetch: 0, apply: 0 }))
}

/** Every night: what is fetched after the ticket was taken. */
async function repair(client: pg.Client, world: World) {
  const { ticket } = await call<{ ticket: number }>(client, service, 'billing_subscriptions_to_compare', [])
  for (const objects of world.current.values())
    await call(client, service, 'apply_billing_objects', [ticket, JSON.stringify(objects)])
}

// Events come quickly, and what they lead to is long on its way: most overtake each other.
const betweenSteps = 20
const delivery = fc.record<Delivery>({ claim: fc.nat(20), fetch: fc.nat(20), apply: fc.nat(1000) })
const history = fc.array(
  fc.record({ step, deliveries: fc.array(delivery, { minLength: 1, maxLength: 2 }) }),
  {
    minLength: 3,
    maxLength: 7,
  },
)

it(
  'shuffled, interleaved, doubled, or dropped and then repaired, events end in the same state',
  story(async (client) => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.noBias(history), fc.nat(12), async (happened, dropped) => {
        run += 1
        const steps = happened.map(({ step }) => step)
        const expected = await outcomeOf(client, () => inOrder(client, steps, run))
        const outcome = await outcomeOf(client, async () => {
          const world = new World()
          await play(
            happened.flatMap(({ step, deliveries }, n): Act[] => [
              [n * betweenSteps, () => world.happen(step)],
              ...(n === dropped ? [] : deliveries).flatMap((each) =>
                actsOf(client, world, step, `evt_s${run}_${n}`, n * betweenSteps, each),
              ),
            ]),
          )
          if (dropped < steps.length) await repair(client, world)
        })
        expect(outcome).toEqual(expected)
      }),
      { numRuns: 30 },
    )
  }),
)
