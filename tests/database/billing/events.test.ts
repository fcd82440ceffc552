import { describe, expect, it } from 'vitest'
import { clientError, service } from '../../support/database/act.ts'
import {
  apply,
  castWithCustomer,
  claim,
  customer,
  deliver,
  event,
  eventRow,
  everything,
  inDays,
  invoice,
  item,
  keepCustomer,
  planOf,
  subscription,
  subscriptionId,
  yearly,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ours, theirs } from '../../support/people/cast.ts'

// What an event of Stripe brings about, once.

const story = policySuite(castWithCustomer)

describe('an event', () => {
  it(
    'is claimed, applied once with the plan that follows, and leaves its id in the log',
    story(async (client) => {
      const told = event()
      const { state, ticket } = await claim(client, told)
      expect(state).toBe('claimed')
      const objects = { subscription: subscription(), invoice: invoice() }
      expect(await apply(client, told.id, ticket, objects)).toEqual({
        state: 'applied',
        changed: ['subscription', 'invoice'],
      })
      expect(await planOf(client)).toBe('premium')
      expect(await planOf(client, theirs)).toBe('free')
      expect(
        await apply(client, told.id, ticket, { subscription: subscription({ status: 'canceled' }) }),
      ).toEqual({
        state: 'applied',
        changed: [],
      })
      expect(await claim(client, told)).toEqual({ state: 'applied', ticket: null, reason: null })
      expect(await planOf(client)).toBe('premium')
      const { rows } = await client.query(
        `select table_name, actor_type, changes from public.audit_log
         where table_name in ('subscriptions', 'invoices', 'workspace_plans', 'workspaces') and workspace_id = $1
         order by occurred_at`,
        [ours],
      )
      expect(rows.map(({ table_name, actor_type }) => [table_name, actor_type])).toEqual([
        ['workspaces', 'system'],
        ['subscriptions', 'service_role'],
        ['invoices', 'service_role'],
        ['workspace_plans', 'service_role'],
        ['workspaces', 'service_role'],
      ])
      expect(rows[1].changes).toMatchObject({ event_id: { new: told.id }, status: {}, unit_amount: {} })
      // Who reads the log need not see what is paid.
      expect(rows[2].changes).toMatchObject({
        event_id: { new: told.id },
        status: {},
        total: {},
        amount_due: {},
        number: {},
        invoice_pdf: {},
      })
      expect(rows[3].changes).toMatchObject({ cause: { new: told.id }, plan_key: { new: 'premium' } })
    }),
  )

  it(
    'that changes nothing leaves no trace in the log',
    story(async (client) => {
      const objects = { subscription: subscription(), invoice: invoice() }
      await deliver(client, objects)
      const count = async () => (await client.query('select from public.audit_log')).rowCount
      const before = await count()
      expect(await deliver(client, objects)).toEqual({ state: 'applied', changed: [] })
      expect(await count()).toBe(before)
    }),
  )

  it(
    'that overtook another is not undone by it',
    story(async (client) => {
      const [slow, fast] = [event(), event()]
      const [first, second] = [await claim(client, slow), await claim(client, fast)]
      expect(second.ticket).toBeGreaterThan(first.ticket ?? 0)
      await apply(client, fast.id, second.ticket, { subscription: subscription({ status: 'canceled' }) })
      expect(await apply(client, slow.id, first.ticket, { subscription: subscription() })).toEqual({
        state: 'applied',
        changed: [],
      })
      expect(await planOf(client)).toBe('free')
    }),
  )

  it(
    'that failed is seen, and is claimed again with a higher ticket',
    story(async (client) => {
      const told = event()
      const first = await claim(client, told)
      const other = event()
      await claim(client, other)
      await call(client, service, 'fail_billing_event', [told.id, 'stripe_unavailable'])
      expect(await eventRow(client, other.id)).toMatchObject({ state: 'claimed', reason: null })
      expect(await eventRow(client, told.id)).toEqual({
        state: 'failed',
        reason: 'stripe_unavailable',
        attempts: 1,
      })
      const second = await claim(client, told)
      expect(second.ticket).toBeGreaterThan(first.ticket ?? 0)
      await apply(client, told.id, second.ticket, { subscription: subscription() })
      await call(client, service, 'fail_billing_event', [told.id, 'late'])
      expect(await eventRow(client, told.id)).toEqual({ state: 'applied', reason: null, attempts: 2 })
    }),
  )

  it.each([
    ['of an unknown type', { type: 'customer.tax_id.created' }, 'unknown_type'],
    ['of another account', { account: 'acct_other' }, 'other_account'],
    ['of the other mode', { livemode: true }, 'other_mode'],
    ['of a customer that is not ours', { customer: 'cus_strange' }, 'unknown_customer'],
    ['of nobody', { customer: null }, 'unknown_customer'],
  ])('%s is recorded and ignored', (_, changes, reason) =>
    story(async (client) => {
      const before = await everything(client)
      const told = event(changes)
      expect(await claim(client, told)).toEqual({ state: 'ignored', ticket: null, reason })
      expect(await apply(client, told.id, 1, { subscription: subscription() })).toEqual({
        state: 'ignored',
        changed: [],
      })
      expect(await eventRow(client, told.id)).toMatchObject({ state: 'ignored', reason })
      expect(await everything(client)).toEqual(before)
    })(),
  )

  it(
    'of the test mode is ignored once a workspace pays',
    story(async (client) => {
      await deliver(client, { subscription: subscription() })
      await keepCustomer(client, 'cus_live', ours, true)
      expect(await deliver(client, { subscription: subscription() })).toMatchObject({ state: 'ignored' })
      const live = { customer: 'cus_live', livemode: true }
      await deliver(
        client,
        { subscription: subscription({ ...live, id: 'sub_live', status: 'unpaid' }) },
        live,
      )
      expect(await planOf(client)).toBe('free')
      await deliver(client, { subscription: subscription({ ...live, id: 'sub_live' }) }, live)
      expect(await planOf(client)).toBe('premium')
      // Of a charge the mode is asked once its customer is known.
      const charge = { livemode: true, customer: null, charge: 'ch_live' }
      expect(await claim(client, event({ ...charge, type: 'charge.refunded' }))).toMatchObject({
        state: 'claimed',
      })
    }),
  )

  it(
    'of a charge is known by what was fetched',
    story(async (client) => {
      await deliver(client, { subscription: subscription(), invoice: invoice() })
      await deliver(client, { invoice: invoice({ id: 'in_other' }) })
      const charge = { customer: null, subscription: null, charge: 'ch_ours' }
      const refund = {
        charge: { id: 'ch_ours', customer },
        invoice: invoice({ amount_refunded: 900 }),
      }
      expect(await deliver(client, refund, { type: 'charge.refunded', ...charge })).toMatchObject({
        changed: ['invoice'],
      })
      const dispute = { ...refund, dispute: { id: 'dp_ours', status: 'needs_response' } }
      expect(await deliver(client, dispute, { type: 'charge.dispute.created', ...charge })).toMatchObject({
        changed: ['dispute'],
      })
      expect(await deliver(client, dispute, { type: 'charge.dispute.updated', ...charge })).toMatchObject({
        changed: [],
      })
      expect(
        (await client.query('select amount_refunded, dispute_status from public.invoices order by id')).rows,
      ).toEqual([
        { amount_refunded: '0', dispute_status: null },
        { amount_refunded: '900', dispute_status: 'needs_response' },
      ])
      const strange = { charge: { id: 'ch_strange', customer: 'cus_strange' } }
      expect(await deliver(client, strange, { type: 'charge.refunded', ...charge })).toMatchObject({
        state: 'ignored',
      })
    }),
  )

  it(
    'that a customer was deleted lets the workspace have another',
    story(async (client) => {
      const told = { type: 'customer.deleted', subscription: null }
      const changed = async (object: unknown) => (await deliver(client, { customer: object }, told)).changed
      expect(await changed({ id: customer, deleted: false })).toEqual([])
      expect(await changed({ id: customer })).toEqual([])
      expect(await keepCustomer(client, 'cus_next')).toBe(customer)
      expect(await changed({ id: customer, deleted: true })).toEqual(['customer'])
      expect(await changed({ id: customer, deleted: true })).toEqual([])
      expect(await keepCustomer(client, 'cus_next')).toBe('cus_next')
      expect(await keepCustomer(client, 'cus_last')).toBe('cus_next')
      expect(await clientError(keepCustomer(client, customer, theirs))).toMatchObject({ code: 'conflict' })
    }),
  )
})

describe('a subscription', () => {
  it(
    'is that of the item that carries a plan, and ends when either field says so',
    story(async (client) => {
      const [starts, ends] = [inDays(-3), inDays(362)]
      const year = item({
        id: 'si_plan',
        lookup_key: yearly,
        interval: 'year',
        current_period_start: starts,
        current_period_end: ends,
      })
      const stored = async () =>
        (
          await client.query(
            'select item_id, billing_interval, current_period_end, cancel_at from public.subscriptions',
          )
        ).rows[0]
      const items = [item({ id: 'si_other', price: 'price_other', lookup_key: null }), year]
      await deliver(client, { subscription: subscription({ items, cancel_at_period_end: true }) })
      expect(await stored()).toEqual({
        item_id: 'si_plan',
        billing_interval: 'year',
        current_period_end: new Date(ends),
        cancel_at: new Date(ends),
      })
      await deliver(client, { subscription: subscription({ items, cancel_at: inDays(10) }) })
      expect((await stored()).cancel_at).toEqual(new Date(inDays(10)))
      const sooner = { cancel_at: inDays(10), cancel_at_period_end: true }
      await deliver(client, { subscription: subscription({ items, ...sooner }) })
      expect((await stored()).cancel_at).toEqual(new Date(inDays(10)))
      await deliver(client, { subscription: subscription({ items }) })
      expect((await stored()).cancel_at).toBeNull()
    }),
  )

  it.each([
    [{ behavior: 'void', resumes_at: null }, true],
    [true, true],
    [false, false],
    [null, false],
    [undefined, false],
  ])('with pause_collection %j', (pause_collection, isPaused) =>
    story(async (client) => {
      await deliver(client, { subscription: subscription({ pause_collection }) })
      expect((await client.query('select is_collection_paused from public.subscriptions')).rows).toEqual([
        { is_collection_paused: isPaused },
      ])
    })(),
  )

  it(
    'of something else gives nothing',
    story(async (client) => {
      await deliver(client, { subscription: subscription({ items: [item({ lookup_key: 'stickers' })] }) })
      await deliver(client, { subscription: subscription({ id: 'sub_empty', items: [] }) })
      expect(await planOf(client)).toBe('free')
    }),
  )
})

it(
  'events, fences and checkouts are forgotten after 90 days, and what was bought is not',
  story(async (client) => {
    const checkout_session = { id: 'cs_ours', customer, status: 'complete' }
    await deliver(client, { subscription: subscription(), checkout_session })
    const expire = async () =>
      (await client.query('select private.expire_billing_records(100) as n')).rows[0]?.n
    expect(await expire()).toBe(0)
    const age = (ago: string) =>
      client.query(
        `update private.billing_events set received_at = now() - interval '${ago}';
         update private.billing_fences set written_at = now() - interval '${ago}';
         update private.checkout_sessions set created_at = now() - interval '${ago}'`,
      )
    await age('89 days 23 hours')
    expect(await expire()).toBe(0)
    await age('90 days 1 hour')
    expect(await expire()).toBe(4)
    expect(await planOf(client)).toBe('premium')
    expect(
      (await client.query('select from public.subscriptions where id = $1', [subscriptionId])).rowCount,
    ).toBe(1)
  }),
)
