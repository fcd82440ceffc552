import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, clientError, service } from '../../support/database/act.ts'
import {
  apply,
  castWithCustomer,
  claim,
  customer,
  deliver,
  event,
  inDays,
  invoice,
  item,
  keepCustomer,
  keepDuePlans,
  letEnd,
  period,
  planOf,
  subscription,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { titlesTo, toldTo } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours } from '../../support/people/cast.ts'

// A payment that fails: how long the plan stays, and who is told.

const story = policySuite(castWithCustomer)

/** Whether a premium feature is refused: a role of the workspace's own. */
async function addRole(client: pg.Client): Promise<string> {
  try {
    await actAs(
      client,
      admin,
      "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'guest', 'Guest')",
      [ours],
    )
    return 'made'
  } catch (error) {
    return (await clientError(Promise.reject(error))).code as string
  }
}

describe('a payment that fails', () => {
  it(
    'leaves the plan for seven days from the oldest open invoice, whatever period it is by then',
    story(async (client) => {
      await deliver(client, {
        subscription: subscription(),
        invoice: invoice({ id: 'in_1', created: inDays(-40) }),
      })
      const pastDue = subscription({
        status: 'past_due',
        items: [item({ current_period_start: inDays(-2) })],
      })
      await deliver(client, {
        subscription: pastDue,
        invoice: invoice({ id: 'in_2', status: 'open', created: inDays(-2) }),
      })
      expect((await period(client)).grace_until).toEqual(new Date(inDays(5)))
      expect(await planOf(client)).toBe('premium')
      await deliver(client, { invoice: invoice({ id: 'in_3', status: 'open', created: inDays(-9) }) })
      expect(await planOf(client)).toBe('free')
      await deliver(client, { invoice: invoice({ id: 'in_3', created: inDays(-9) }) })
      expect(await planOf(client)).toBe('premium')
    }),
  )

  it.each<[string, Record<string, unknown>[], number]>([
    ['from when an invoice is due, where that is said', [{ created: inDays(-6), due_date: inDays(-3) }], 4],
    ['from the period without an open invoice', [{ created: inDays(-6), status: 'void' }], 5],
    ['whatever is open of another subscription', [{ created: inDays(-6), subscription: 'sub_other' }], 5],
    ['from after the last payment', [{ created: inDays(-6) }, { created: inDays(-4), status: 'paid' }], 5],
    ['whatever was paid before', [{ created: inDays(-4) }, { created: inDays(-6), status: 'paid' }], 3],
    [
      'whatever was paid of another subscription',
      [{ created: inDays(-4) }, { created: inDays(-3), status: 'paid', subscription: 'sub_other' }],
      3,
    ],
    ['whatever was taken back since', [{ created: inDays(-4) }, { created: inDays(-3), status: 'void' }], 3],
  ])('counts the seven days %s', (_, told, left) =>
    story(async (client) => {
      const items = [item({ current_period_start: inDays(-2) })]
      for (const [n, changes] of told.entries())
        await deliver(client, { invoice: invoice({ id: `in_${n}`, status: 'open', ...changes }) })
      await deliver(client, { subscription: subscription({ id: 'sub_other', status: 'canceled' }) })
      await deliver(client, { subscription: subscription({ status: 'past_due', items }) })
      const { rows } = await client.query(
        `select id, round(extract(epoch from grace_until - now()) / 86400)::integer as days
         from public.subscriptions order by id`,
      )
      expect(rows).toEqual([
        { id: 'sub_other', days: null },
        { id: 'sub_ours', days: left },
      ])
    })(),
  )

  it(
    'ends the plan by the job once the seven days are over, and tells those who manage billing of each step',
    story(async (client) => {
      await deliver(client, { subscription: subscription() })
      await deliver(client, { subscription: subscription({ status: 'past_due' }) })
      await deliver(client, { subscription: subscription({ status: 'past_due' }) })
      expect(await keepDuePlans(client)).toBe(0)
      await letEnd(client)
      expect(await keepDuePlans(client)).toBe(1)
      expect(await keepDuePlans(client)).toBe(0)
      expect(await planOf(client)).toBe('free')
      expect(await addRole(client)).toBe('payment_required')
      expect(await titlesTo(client, ids.admin)).toEqual([
        'Ours is on the Free plan now',
        'A payment for Ours failed',
        'Ours is on the Premium plan now',
      ])
      const [, failed] = await toldTo(client, ids.admin)
      expect(failed).toMatchObject({ kind: 'payment_failed', link: `/workspaces/${ours}/billing` })
      for (const other of [ids.member, ids.viewer, ids.suspended, ids.outsider])
        expect(await titlesTo(client, other)).toEqual([])
      await deliver(client, { subscription: subscription() })
      expect(await planOf(client)).toBe('premium')
    }),
  )

  it(
    'is told where it begins, and not where it moves, nor where there is none',
    story(async (client) => {
      const payments = async () =>
        (await titlesTo(client, ids.admin)).filter((title) => title === 'A payment for Ours failed').length
      await deliver(client, { subscription: subscription() })
      await client.query('update public.subscriptions set grace_until = null')
      expect(await payments()).toBe(0)
      await deliver(client, { subscription: subscription({ status: 'past_due' }) })
      const until = async () =>
        (await client.query('select grace_until from public.subscriptions')).rows[0].grace_until
      const first = await until()
      // An open invoice of before lets it begin earlier.
      const before = { invoice: invoice({ status: 'open', created: inDays(-4) }) }
      await deliver(client, before)
      await deliver(client, { subscription: subscription({ status: 'past_due' }) })
      expect(await until()).not.toEqual(first)
      expect(await payments()).toBe(1)
    }),
  )

  it(
    'or a payment to be confirmed is told by an open invoice of the customer whose payment it is',
    story(async (client) => {
      const told = (id: string, status: string, of: { customer: string; livemode: boolean }) =>
        deliver(
          client,
          { invoice: invoice({ id, status, subscription: null, customer: of.customer }) },
          { type: 'invoice.payment_action_required', ...of },
        )
      const test = { customer, livemode: false }
      const live = { customer: 'cus_live', livemode: true }
      await told('in_test', 'open', test)
      await client.query('delete from public.notifications')
      // Those of the test mode stay as they were told.
      await keepCustomer(client, live.customer, ours, true)
      await told('in_live', 'paid', live)
      expect(await titlesTo(client, ids.admin)).toEqual([])
      await told('in_more', 'open', live)
      expect(await titlesTo(client, ids.admin)).toEqual(['A payment for Ours needs to be confirmed'])
    }),
  )

  it(
    'or a trial that ends, or a payment to be confirmed, is told once and only while it is so',
    story(async (client) => {
      const trial = { subscription: subscription({ status: 'trialing', trial_end: inDays(3) }) }
      await deliver(client, trial, { type: 'customer.subscription.trial_will_end' })
      const open = { invoice: invoice({ status: 'open' }) }
      await deliver(client, open, { type: 'invoice.payment_action_required' })
      expect(await titlesTo(client, ids.admin)).toEqual([
        'A payment for Ours needs to be confirmed',
        'The trial of Ours ends soon',
        'Ours is on the Premium plan now',
      ])
      // One that has ended by now is not told.
      const ended = { subscription: subscription({ status: 'trialing', trial_end: inDays(-1) }) }
      await deliver(client, ended, { type: 'customer.subscription.trial_will_end' })
      const over = { subscription: subscription(), invoice: invoice() }
      await deliver(client, over, { type: 'customer.subscription.trial_will_end' })
      await deliver(client, over, { type: 'invoice.payment_action_required' })
      expect(await titlesTo(client, ids.admin)).toHaveLength(3)
    }),
  )

  it(
    'or a trial that ends is told once its event is applied, however often that failed',
    story(async (client) => {
      const trial = { subscription: subscription({ status: 'trialing', trial_end: inDays(3) }) }
      await deliver(client, trial)
      await client.query('delete from public.notifications')
      const told = event({ type: 'customer.subscription.trial_will_end' })
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        await claim(client, told)
        await call(client, service, 'fail_billing_event', [told.id, 'stripe_unavailable'])
      }
      expect(await titlesTo(client, ids.admin)).toEqual([])
      const { ticket } = await claim(client, told)
      await apply(client, told.id, ticket, trial)
      expect(await titlesTo(client, ids.admin)).toEqual(['The trial of Ours ends soon'])
    }),
  )
})
