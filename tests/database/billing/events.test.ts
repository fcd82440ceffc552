import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import {
  apply,
  claim,
  customer,
  deliver,
  event,
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
import { createCast, ids, ours, theirs } from '../../support/people/cast.ts'

const story = policySuite(async (client) => {
  await createCast(client)
  await keepCustomer(client)
})

/** All that is known of what was bought and who has what, past every policy. */
const everything = async (client: pg.Client) =>
  (
    await client.query(
      `select (select jsonb_agg(to_jsonb(s) order by s.id) from public.subscriptions s) as subscriptions,
         (select jsonb_agg(to_jsonb(i) order by i.id) from public.invoices i) as invoices,
         (select jsonb_agg(to_jsonb(c) order by c.id) from private.billing_customers c) as customers,
         (select jsonb_agg(to_jsonb(x) order by x.id) from private.checkout_sessions x) as checkouts,
         (select jsonb_agg(jsonb_build_array(w.id, w.plan_type) order by w.id) from public.workspaces w) as plans`,
    )
  ).rows[0]
const eventRow = async (client: pg.Client, id: string) =>
  (await client.query('select state, reason, attempts from private.billing_events where id = $1', [id]))
    .rows[0]

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
      const items = [item({ id: 'si_other', lookup_key: null }), year]
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

describe('what is refused, with nothing changed', () => {
  const refused = async (client: pg.Client, objects: unknown, told = event()) => {
    const { ticket } = await claim(client, told)
    const before = await everything(client)
    const error = await clientError(apply(client, told.id, ticket, objects))
    expect(await everything(client)).toEqual(before)
    expect(await eventRow(client, told.id)).toMatchObject({ state: 'claimed' })
    return error
  }

  it(
    'objects of one customer in the event of another',
    story(async (client) => {
      await keepCustomer(client, 'cus_theirs', theirs)
      const forged = { subscription: subscription({ id: 'sub_new', customer: 'cus_theirs' }) }
      expect(await refused(client, forged)).toMatchObject({
        status: 409,
        code: 'conflict',
        details: 'customer',
      })
      const mixed = { subscription: subscription(), invoice: invoice({ customer: 'cus_theirs' }) }
      expect(await refused(client, mixed)).toMatchObject({ code: 'conflict', details: 'customer' })
    }),
  )

  it(
    'a subscription, an invoice or a checkout that was another workspace’s',
    story(async (client) => {
      await keepCustomer(client, 'cus_theirs', theirs)
      const session = { id: 'cs_ours', customer, status: 'complete' }
      await deliver(client, { subscription: subscription(), invoice: invoice(), checkout_session: session })
      for (const moved of [
        { subscription: subscription({ customer: 'cus_theirs' }) },
        { invoice: invoice({ customer: 'cus_theirs' }) },
        { checkout_session: { ...session, customer: 'cus_theirs' } },
      ])
        expect(await refused(client, moved, event({ customer: 'cus_theirs' }))).toMatchObject({
          code: 'conflict',
          details: 'customer',
        })
      expect(await planOf(client, theirs)).toBe('free')
    }),
  )

  it(
    'a customer that is another workspace’s',
    story(async (client) => {
      const before = await everything(client)
      const moved = await clientError(keepCustomer(client, customer, theirs))
      expect(moved).toMatchObject({ code: 'conflict', details: 'customer' })
      expect(await everything(client)).toEqual(before)
    }),
  )

  it.each<[string, unknown, string]>([
    ['no objects', 'subscription', 'objects'],
    ['a megabyte', { subscription: subscription({ status: 'a'.repeat(1_000_000) }) }, 'objects'],
    ['a kind that is none', { metadata: { workspace_id: theirs } }, 'objects.metadata'],
    ['no status', { subscription: subscription({ status: null }) }, 'objects.subscription.status'],
    ['no id', { invoice: invoice({ id: '' }) }, 'objects.invoice.id'],
    ['half a cent', { invoice: invoice({ total: 0.5 }) }, 'objects.invoice.total'],
    ['no time', { invoice: invoice({ created: 'now' }) }, 'objects.invoice.created'],
    ['a script', { invoice: invoice({ invoice_pdf: 'javascript:alert(1)' }) }, 'objects.invoice.invoice_pdf'],
    [
      'no period',
      { subscription: subscription({ items: [{ id: 'si', price: 'p' }] }) },
      'objects.subscription.items.0.current_period_end',
    ],
  ])('%s', (_, objects, details) =>
    story(async (client) => {
      expect(await refused(client, objects)).toMatchObject({ code: 'invalid_input', details })
    })(),
  )

  it(
    'what is longer, more or larger than Stripe tells, by one, and nothing that is as much',
    story(async (client) => {
      const page = (length: number) => `https://a/${'a'.repeat(length - 10)}`
      const items = (count: number) => Array.from({ length: count }, () => item())
      const edges: [string, (value: unknown) => object, most: unknown, more: unknown][] = [
        ['invoice.id', (id) => ({ invoice: invoice({ id }) }), 'a'.repeat(255), 'a'.repeat(256)],
        ['invoice.status', (status) => ({ invoice: invoice({ status }) }), 'a'.repeat(100), 'a'.repeat(101)],
        ['invoice.status', (status) => ({ invoice: invoice({ status }) }), 'a_1.b', 'A'],
        ['invoice.number', (number) => ({ invoice: invoice({ number }) }), '😀'.repeat(255), 'a'.repeat(256)],
        ['invoice.number', (number) => ({ invoice: invoice({ number }) }), 'a b', 'a\nb'],
        [
          'invoice.invoice_pdf',
          (pdf) => ({ invoice: invoice({ invoice_pdf: pdf }) }),
          page(4096),
          page(4097),
        ],
        ['invoice.total', (total) => ({ invoice: invoice({ total }) }), 1 - 1e15, -1e15],
        [
          'subscription.items',
          (some) => ({ subscription: subscription({ items: some }) }),
          items(20),
          items(21),
        ],
        ['subscription.items', (some) => ({ subscription: subscription({ items: some }) }), [], {}],
        // What comes first is named first.
        [
          'subscription.status',
          (status) => ({ subscription: subscription({ status, items: status ? [] : {} }) }),
          'active',
          null,
        ],
      ]
      for (const [path, made, most, more] of edges) {
        expect(await deliver(client, made(most)), path).toMatchObject({ state: 'applied' })
        expect(await refused(client, made(more)), path).toMatchObject({
          code: 'invalid_input',
          details: `objects.${path}`,
        })
      }
    }),
  )

  it(
    'a ticket that was not given out, and an event that was never claimed',
    story(async (client) => {
      const told = event()
      const { ticket } = await claim(client, told)
      for (const wrong of [(ticket ?? 0) + 1, 0, null])
        expect(await clientError(apply(client, told.id, wrong, {}))).toMatchObject({ details: 'ticket' })
      expect(await clientError(apply(client, 'evt_never', ticket, {}))).toMatchObject({
        code: 'not_found',
        details: 'event_id',
      })
      for (const wrong of [1e9, 0, null])
        expect(
          await clientError(
            call(client, service, 'apply_billing_objects', [wrong, { subscription: subscription() }]),
          ),
        ).toMatchObject({ code: 'invalid_input', details: 'ticket' })
    }),
  )

  it.each([
    ['no event', {}, 'event.id'],
    ['an id that is none', event({ id: 'evt 1' }), 'event.id'],
    ['no mode', event({ livemode: null }), 'event.livemode'],
    ['a megabyte', event({ type: 'a'.repeat(1_000_000) }), 'event'],
  ])('an event that is %s', (_, told, details) =>
    story(async (client) => {
      expect(await clientError(claim(client, told))).toMatchObject({ code: 'invalid_input', details })
    })(),
  )
})

describe('the functions of events', () => {
  const attackers: [string, Actor][] = [
    ['an administrator', person(ids.admin)],
    ['an administrator of another workspace', person(ids.outsider)],
    ['anybody', anonymous],
  ]
  it.each(attackers)('are not for %s', (_, actor) =>
    story(async (client) => {
      await deliver(client, { subscription: subscription({ status: 'canceled' }), invoice: invoice() })
      const before = await everything(client)
      for (const statement of [
        `select public.claim_billing_event('${JSON.stringify(event())}')`,
        `select public.apply_billing_event('evt_1', 1, '${JSON.stringify({ subscription: subscription() })}')`,
        "select public.fail_billing_event('evt_1', 'no')",
        `select public.apply_billing_objects(1, '${JSON.stringify({ subscription: subscription() })}')`,
        'select public.billing_subscriptions_to_compare()',
        "select public.keep_billing_customer('WK-00000000B', 'cus_ours', false)",
        `select public.keep_checkout_session('WK-00000000A', '{"id": "cs", "status": "open"}')`,
        "select public.grant_plan('WK-00000000A', 'premium', null, 'Please')",
        "select private.keep_plan('WK-00000000A')",
        "select private.write_billing_objects('WK-00000000A', 9, null, '{}')",
        "update public.workspaces set plan_type = 'premium'",
        "update public.subscriptions set status = 'active'",
        'delete from public.invoices',
        'select from private.billing_events',
        'select from private.billing_customers',
        'select from private.plan_grants',
      ])
        await expect(actAs(client, actor, statement), statement).rejects.toMatchObject({ code: '42501' })
      expect(await everything(client)).toEqual(before)
    })(),
  )

  it(
    'are the only way for a server, too',
    story(async (client) => {
      for (const statement of [
        "update public.workspaces set plan_type = 'premium'",
        "insert into public.workspaces (name, plan_type) values ('Mine', 'premium')",
        "update public.subscriptions set status = 'active'",
        'delete from public.invoices',
      ])
        await expect(actAs(client, service, statement), statement).rejects.toMatchObject({ code: '42501' })
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
