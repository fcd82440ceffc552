import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import {
  apply,
  castWithCustomer,
  claim,
  customer,
  deliver,
  event,
  eventRow,
  everything,
  invoice,
  item,
  keepCustomer,
  planOf,
  subscription,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids, theirs } from '../../support/people/cast.ts'

// What no event brings about, and nobody by the functions of events.

const story = policySuite(castWithCustomer)

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

  it(
    'a reason for a failure that is no word of up to 100 characters',
    story(async (client) => {
      const told = event()
      await claim(client, told)
      const fail = (reason: string | null) => call(client, service, 'fail_billing_event', [told.id, reason])
      for (const reason of [null, '', 'card declined', 'Declined', 'a'.repeat(101)])
        expect(await clientError(fail(reason)), String(reason)).toMatchObject({
          code: 'invalid_input',
          details: 'reason_code',
        })
      expect(await eventRow(client, told.id)).toMatchObject({ state: 'claimed', reason: null })
      await fail('a'.repeat(100))
      expect(await eventRow(client, told.id)).toMatchObject({ state: 'failed', reason: 'a'.repeat(100) })
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
