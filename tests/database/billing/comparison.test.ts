import { describe, expect, it } from 'vitest'
import { actAs, clientError, person, service } from '../../support/database/act.ts'
import {
  customer,
  deliver,
  invoice,
  keepCustomer,
  planOf,
  subscription,
  subscriptionId,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createCast, ids, ours, theirs } from '../../support/people/cast.ts'

// What no event told is found by a comparison with Stripe: who asks for it, and what it changes.

const story = policySuite(createCast)

it(
  'the comparison with Stripe is asked for with the secret of the Vault, where anybody ever bought, by servers alone',
  story(async (client) => {
    await client.query(
      "select vault.create_secret('https://p.example.com/', 'project_url'), vault.create_secret('sb_secret_x', 'secret_key')",
    )
    const ask = (after: string | null) =>
      actAs(client, service, 'select public.request_billing_comparison($1)', [after])
    const asked = async () =>
      (
        await client.query(
          "select url, headers, convert_from(body, 'UTF8')::jsonb as body from net.http_request_queue",
        )
      ).rows
    await ask(null)
    expect(await asked()).toEqual([])
    // What a workspace that was deleted still has at Stripe is looked for as well.
    await client.query('savepoint before')
    await keepCustomer(client, 'cus_left', theirs)
    await actAs(client, service, 'delete from public.workspaces where id = $1', [theirs])
    await ask(null)
    expect(await asked()).toHaveLength(1)
    await client.query('rollback to savepoint before')
    await actAs(client, service, 'select public.keep_billing_customer($1, $2, false)', [ours, 'cus_1'])
    await ask('cus_0')
    expect(await asked()).toEqual([
      {
        url: 'https://p.example.com/functions/v1/billing-reconcile',
        headers: { apikey: 'sb_secret_x', 'content-type': 'application/json' },
        body: { after: 'cus_0' },
      },
    ])
    expect(await clientError(ask('https://evil.example.com/'))).toMatchObject({
      code: 'invalid_input',
      details: 'after',
    })
    await expect(
      actAs(client, person(ids.admin), 'select public.request_billing_comparison()'),
    ).rejects.toMatchObject({ code: '42501' })
  }),
)

describe('comparing with Stripe', () => {
  it(
    'goes through all customers by page, and repairs what no event told',
    story(async (client) => {
      await keepCustomer(client)
      await keepCustomer(client, 'cus_theirs', theirs)
      const page = (after: string | null, most: number | null = 1) =>
        call<{
          ticket: number
          customers: { customerId: string; subscriptions: unknown[] }[]
          next: string | null
        }>(client, service, 'billing_subscriptions_to_compare', [after, most])
      const first = await page(null)
      const second = await page(first.next)
      expect([first, second].map(({ customers }) => customers.map(({ customerId }) => customerId))).toEqual([
        [customer],
        ['cus_theirs'],
      ])
      expect((await page(second.next)).customers).toEqual([])
      const repair = (ticket: number, objects: unknown) =>
        call(client, service, 'apply_billing_objects', [ticket, JSON.stringify(objects)])
      expect(await repair(first.ticket, { subscription: subscription() })).toEqual({
        state: 'applied',
        changed: ['subscription'],
      })
      expect(await planOf(client)).toBe('premium')
      // What was fetched before is not written over what was fetched since.
      await deliver(client, { subscription: subscription({ status: 'canceled' }) })
      expect(await repair(second.ticket, { subscription: subscription() })).toEqual({
        state: 'applied',
        changed: [],
      })
      expect(await planOf(client)).toBe('free')
      const strange = subscription({ customer: 'cus_strange' })
      expect(await repair((await page(null)).ticket, { subscription: strange })).toMatchObject({
        state: 'ignored',
      })
      for (const [told, details] of [
        [[], 'objects'],
        [{ subscription: { ...subscription(), status: 5 } }, 'objects.subscription.status'],
      ] as const)
        expect(await clientError(repair(first.ticket, told))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      for (const most of [0, 101, null])
        expect(await clientError(page(null, most))).toMatchObject({ code: 'invalid_input', details: 'most' })
    }),
  )

  it(
    'tells of customers whose workspace was deleted, by page with the others, for 60 days',
    story(async (client) => {
      await keepCustomer(client, 'cus_b')
      await keepCustomer(client, 'cus_a', theirs, true)
      await keepCustomer(client, 'cus_c', theirs)
      await client.query("update private.billing_customers set deleted_at = now() where id = 'cus_c'")
      await actAs(client, service, 'delete from public.workspaces where id = $1', [theirs])
      const page = (after: string | null, most = 1) =>
        call<{ customers: object[]; next: string | null }>(
          client,
          service,
          'billing_subscriptions_to_compare',
          [after, most],
        )
      const left = { workspaceId: null, customerId: 'cus_a', livemode: true, subscriptions: [], invoices: {} }
      expect(await page(null)).toMatchObject({ customers: [left], next: 'cus_a' })
      expect(await page('cus_a')).toMatchObject({ customers: [{ workspaceId: ours, customerId: 'cus_b' }] })
      expect((await page('cus_b')).customers).toEqual([])

      // One that is a workspace's again is not ended.
      await client.query('savepoint before')
      await keepCustomer(client, 'cus_a', ours, true)
      expect(await page(null, 2)).toMatchObject({ customers: [{ workspaceId: ours }, { workspaceId: ours }] })
      await client.query('rollback to savepoint before')

      const expire = async (age: string) => {
        await client.query('update private.left_customers set left_at = now() - $1::interval', [age])
        return (await client.query('select private.expire_billing_records(10) as removed')).rows
      }
      expect(await expire('59 days 23 hours')).toEqual([{ removed: 0 }])
      expect(await expire('60 days 1 hour')).toEqual([{ removed: 1 }])
      expect(await page(null)).toMatchObject({ customers: [{ customerId: 'cus_b' }] })
    }),
  )

  it(
    'ends what a customer paid for whom Stripe does not know, and nothing that was told since',
    story(async (client) => {
      await keepCustomer(client)
      await keepCustomer(client, 'cus_theirs', theirs)
      await deliver(client, { subscription: subscription({ id: 'sub_old', status: 'incomplete_expired' }) })
      await deliver(client, { subscription: subscription(), invoice: invoice() })
      const of = { customer: 'cus_theirs' }
      await deliver(client, { subscription: subscription({ ...of, id: 'sub_theirs' }) }, of)
      const page = () =>
        call<{ ticket: number; customers: unknown[] }>(client, service, 'billing_subscriptions_to_compare', [
          null,
          100,
        ])
      const missing = (ticket: number) =>
        call(client, service, 'apply_billing_objects', [
          ticket,
          { customer: { id: customer, deleted: true, missing: true } },
        ])
      const { ticket: early } = await page()
      await deliver(client, { subscription: subscription({ status: 'past_due' }) })
      expect(await missing(early)).toEqual({ state: 'applied', changed: ['customer'] })
      expect(await planOf(client)).toBe('premium')
      // The next night has it again, as something that lives is still said to be paid for by it.
      const { ticket, customers } = await page()
      expect(customers).toHaveLength(2)
      expect(await missing(ticket)).toEqual({ state: 'applied', changed: ['customer'] })
      expect([await planOf(client), await planOf(client, theirs)]).toEqual(['free', 'premium'])
      const { rows } = await client.query(
        'select id, status, ended_at is not null as ended, event_id from public.subscriptions order by id',
      )
      expect(rows).toEqual([
        { id: 'sub_old', status: 'incomplete_expired', ended: false, event_id: expect.any(String) },
        { id: subscriptionId, status: 'canceled', ended: true, event_id: null },
        { id: 'sub_theirs', status: 'active', ended: false, event_id: expect.any(String) },
      ])
      expect(await missing(ticket)).toEqual({ state: 'applied', changed: [] })
      expect((await page()).customers).toHaveLength(1)
      expect(
        await clientError(
          call(client, service, 'apply_billing_objects', [
            ticket,
            { customer: { id: customer, missing: 'yes' } },
          ]),
        ),
      ).toMatchObject({ code: 'invalid_input', details: 'objects.customer.missing' })
    }),
  )

  it(
    'tells of each customer what is known of it alone, and writes nothing of another mode',
    story(async (client) => {
      const pay = (told: object, changes = {}) => deliver(client, told, changes)
      await keepCustomer(client)
      await pay({ subscription: subscription({ id: 'sub_2', status: 'canceled' }) })
      await pay({ subscription: subscription({ id: 'sub_1' }), invoice: invoice() })
      await keepCustomer(client, 'cus_live', ours, true)
      const live = { customer: 'cus_live', livemode: true }
      await pay({ subscription: subscription({ ...live, id: 'sub_live', status: 'unpaid' }) }, live)
      await keepCustomer(client, 'cus_theirs', theirs)
      await keepCustomer(client, 'cus_a_gone', theirs, true)
      const gone = { customer: 'cus_a_gone', livemode: true, subscription: null }
      await pay({ customer: { id: 'cus_a_gone', deleted: true } }, gone)
      const page = await call<{ ticket: number; customers: unknown[]; next: unknown }>(
        client,
        service,
        'billing_subscriptions_to_compare',
        [null, 100],
      )
      expect(page).toEqual({
        ticket: expect.any(Number),
        customers: [
          {
            workspaceId: ours,
            customerId: 'cus_live',
            livemode: true,
            subscriptions: [{ id: 'sub_live', status: 'unpaid' }],
            invoices: {},
          },
          {
            workspaceId: ours,
            customerId: customer,
            livemode: false,
            subscriptions: [
              { id: 'sub_1', status: 'active' },
              { id: 'sub_2', status: 'canceled' },
            ],
            invoices: { in_ours: 'paid' },
          },
          {
            workspaceId: theirs,
            customerId: 'cus_theirs',
            livemode: false,
            subscriptions: [],
            invoices: {},
          },
        ],
        next: null,
      })
      for (const told of [
        subscription({ id: 'sub_1', status: 'unpaid' }),
        subscription({ ...live, id: 'sub_live', livemode: false }),
      ])
        expect(
          await call(client, service, 'apply_billing_objects', [page.ticket, { subscription: told }]),
        ).toEqual({ state: 'ignored', changed: [] })
      expect(await planOf(client)).toBe('free')
    }),
  )
})
