import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { clientError, person, service } from '../../support/database/act.ts'
import {
  castWithCustomer,
  customer,
  deliver,
  grant,
  inDays,
  invoice,
  keepCustomer,
  monthly,
  period,
  planOf,
  subscription,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, theirs } from '../../support/people/cast.ts'

// A workspace that is paid for, and another one beside it.

const story = policySuite(castWithCustomer)

describe('a workspace that is paid for', () => {
  it(
    'is not deleted while somebody can still pay for it',
    story(async (client) => {
      const page = (status: string) =>
        call(client, service, 'keep_checkout_session', [
          ours,
          JSON.stringify({
            id: 'cs_1',
            customer,
            status,
            url: 'https://pay.example.com/',
            lookup_key: monthly,
          }),
        ])
      await page('open')
      const end = () => call(client, admin, 'delete_workspace', [ours, 'Ours'])
      expect(await clientError(end())).toMatchObject({ code: 'conflict', details: 'checkout' })
      expect((await client.query('select from public.workspaces where id = $1', [ours])).rowCount).toBe(1)
      await page('expired')
      await end()
      expect((await client.query('select from public.workspaces where id = $1', [ours])).rowCount).toBe(0)
    }),
  )

  it(
    'is not deleted until its subscription is canceled',
    story(async (client) => {
      await deliver(client, { subscription: subscription() })
      const end = () => call(client, admin, 'delete_workspace', [ours, 'Ours'])
      expect(await clientError(end())).toMatchObject({ code: 'conflict', details: 'subscription' })
      expect((await client.query('select from public.workspaces where id = $1', [ours])).rowCount).toBe(1)
      // Others go as ever.
      await call(client, person(ids.outsider), 'delete_my_account', [])
      // Nor does it go with its last person.
      await client.query('delete from public.workspace_members where workspace_id = $1 and user_id <> $2', [
        ours,
        ids.admin,
      ])
      for (const [name, values] of [
        ['leave_workspace', [ours]],
        ['delete_my_account', []],
      ] as const)
        expect(await clientError(call(client, admin, name, [...values]))).toMatchObject({
          code: 'conflict',
          details: 'subscription',
        })
      await deliver(client, { subscription: subscription({ cancel_at_period_end: true }) })
      await end()
      expect((await client.query('select from public.subscriptions')).rowCount).toBe(0)
      expect(await deliver(client, { subscription: subscription() })).toMatchObject({ state: 'ignored' })
      expect(
        (await client.query('select from private.billing_customers where id = $1', [customer])).rowCount,
      ).toBe(0)
    }),
  )

  it(
    'is deleted once nothing that was bought lives any more',
    story(async (client) => {
      await deliver(client, { subscription: subscription({ status: 'canceled' }) })
      await call(client, admin, 'delete_workspace', [ours, 'Ours'])
      expect((await client.query('select from public.workspaces where id = $1', [ours])).rowCount).toBe(0)
    }),
  )

  it(
    'nor while a payment that is incomplete can still be made',
    story(async (client) => {
      await deliver(client, { subscription: subscription({ status: 'incomplete' }) })
      const end = () => call(client, admin, 'delete_workspace', [ours, 'Ours'])
      expect(await clientError(end())).toMatchObject({ code: 'conflict', details: 'subscription' })
      await deliver(client, { subscription: subscription({ status: 'incomplete_expired' }) })
      await end()
      expect((await client.query('select from public.workspaces where id = $1', [ours])).rowCount).toBe(0)
    }),
  )

  describe.each<[string, (client: pg.Client) => Promise<unknown>]>([
    [
      'with its last person, by Auth',
      (client) => client.query('delete from auth.users where id = $1', [ids.admin]),
    ],
    [
      'with its last person, whom Auth keeps without a name',
      (client) => client.query('update auth.users set deleted_at = now() where id = $1', [ids.admin]),
    ],
    [
      'with its last person, in the SQL editor',
      (client) => client.query('select public.admin_delete_account($1)', [ids.admin]),
    ],
    [
      'by the owner of the database',
      (client) => client.query('delete from public.workspaces where id = $1', [ours]),
    ],
  ])('is not deleted %s', (_, end) => {
    const alone = (client: pg.Client) =>
      client.query('delete from public.workspace_members where workspace_id = $1 and user_id <> $2', [
        ours,
        ids.admin,
      ])
    const refusal = async (client: pg.Client) => {
      await client.query('savepoint tried')
      const error = await clientError(end(client))
      await client.query('rollback to savepoint tried')
      return error
    }
    const isLeft = async (client: pg.Client) =>
      (await client.query('select from public.workspaces where id = $1', [ours])).rowCount === 1

    it(
      'while it is paid for, or can be',
      story(async (client) => {
        await alone(client)
        await deliver(client, { subscription: subscription() })
        expect(await refusal(client)).toMatchObject({ code: 'conflict', details: 'subscription' })
        await deliver(client, { subscription: subscription({ status: 'canceled' }) })
        await client.query(
          `insert into private.checkout_sessions (workspace_id, id, status, expires_at)
           values ($1, 'cs_1', 'open', now())`,
          [ours],
        )
        expect(await refusal(client)).toMatchObject({ code: 'conflict', details: 'checkout' })
        expect(await isLeft(client)).toBe(true)
        await client.query("update private.checkout_sessions set status = 'expired'")
        await end(client)
        expect(await isLeft(client)).toBe(false)
      }),
    )

    it(
      'unless who runs the project says so',
      story(async (client) => {
        await alone(client)
        await deliver(client, { subscription: subscription() })
        await client.query("set local private.paid_deletion_allowed = 'false'")
        expect(await refusal(client)).toMatchObject({ code: 'conflict' })
        await client.query("set local private.paid_deletion_allowed = 'true'")
        await end(client)
        expect(await isLeft(client)).toBe(false)
      }),
    )
  })
})

it(
  'what another workspace has bought, begun, was given and pays with changes nothing here, nor the other way round',
  story(async (client) => {
    const live = { customer: 'cus_theirs', livemode: true }
    const told = (name: string, whose: object) => ({
      subscription: subscription({ ...whose, id: `sub_${name}` }),
      invoice: invoice({ ...whose, id: `in_${name}`, subscription: `sub_${name}`, status: 'open' }),
      checkout_session: { ...whose, id: `cs_${name}`, status: 'complete' },
    })
    const page = (id: string, whose: string, workspace: string) =>
      call(client, service, 'keep_checkout_session', [
        workspace,
        JSON.stringify({ id, customer: whose, status: 'open', url: 'https://pay.example.com/' }),
      ])
    const known = async (workspace: string) =>
      (
        await client.query(
          `select w.plan_type,
             (select jsonb_agg(to_jsonb(s) order by s.id) from public.subscriptions s where s.workspace_id = w.id) as a,
             (select jsonb_agg(to_jsonb(i) order by i.id) from public.invoices i where i.workspace_id = w.id) as b,
             (select jsonb_agg(to_jsonb(x) order by x.id)
              from private.checkout_sessions x where x.workspace_id = w.id) as c,
             (select jsonb_agg(to_jsonb(c) order by c.id)
              from private.billing_customers c where c.workspace_id = w.id) as d,
             (select jsonb_agg(to_jsonb(g) order by g.id) from private.plan_grants g where g.workspace_id = w.id) as e
           from public.workspaces w where w.id = $1`,
          [workspace],
        )
      ).rows[0]

    await keepCustomer(client, 'cus_theirs', theirs, true)
    expect(await deliver(client, told('theirs', live), live)).toMatchObject({ state: 'applied' })
    await grant(client, 'premium', inDays(9), 'A friend', theirs)
    await page('cs_theirs_open', 'cus_theirs', theirs)
    await client.query("update private.checkout_sessions set expires_at = now() where status = 'open'")
    const other = await known(theirs)

    expect(await call(client, admin, 'billing_state', [ours])).toMatchObject({
      planType: 'free',
      source: 'none',
      customerId: customer,
      livemode: false,
      subscription: null,
    })
    expect(await period(client)).toBeUndefined()
    expect(await call(client, admin, 'begin_checkout', [ours, monthly])).toMatchObject({
      customerId: customer,
      trialDays: 14,
      openSession: null,
    })
    const whose = { customer }
    expect(await deliver(client, told('ours', whose))).toEqual({
      state: 'applied',
      changed: ['checkout_session', 'subscription', 'invoice'],
    })
    expect(await planOf(client)).toBe('premium')
    await page('cs_ours_open', customer, ours)
    await deliver(client, { subscription: subscription({ id: 'sub_ours', status: 'canceled' }) })
    expect(await planOf(client)).toBe('free')
    await grant(client, 'premium', inDays(9), 'A friend')
    await grant(client, 'free', null, 'No friend')
    await deliver(client, { customer: { id: customer, deleted: true } })
    expect(await known(theirs)).toEqual(other)
  }),
)
