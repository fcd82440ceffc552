import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { entitlementsSchema } from '../../../types/entitlements.ts'
import { type Actor, actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import {
  customer,
  deliver,
  inDays,
  invoice,
  item,
  keepCustomer,
  monthly,
  planOf,
  subscription,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { answersOfGates, gates } from '../../support/database/gates.ts'
import { titlesTo, toldTo } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, ours, theirs, viewer } from '../../support/people/cast.ts'

const story = policySuite(async (client) => {
  await createCast(client)
  await keepCustomer(client)
})

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

const period = async (client: pg.Client) => {
  const { rows } = await client.query('select * from private.billing_periods(array[$1])', [ours])
  expect(rows.length).toBeLessThanOrEqual(1)
  return rows[0]
}
const keepDuePlans = async (client: pg.Client) =>
  (await client.query('select private.keep_due_plans(10) as n')).rows[0]?.n
const grant = (client: pg.Client, plan: unknown, until: unknown, reason: unknown, workspace = ours) =>
  call<void>(client, service, 'grant_plan', [workspace, plan, until, reason])
/** Lets what ends by itself end. */
const letEnd = (client: pg.Client) =>
  client.query(
    `update public.subscriptions set current_period_start = current_period_start - interval '8 days';
     update private.plan_grants set granted_until = now() - interval '1 second' where granted_until is not null;
     update private.workspace_plans set changes_at = now() - interval '1 second' where changes_at is not null`,
  )

describe('what a subscription gives, by its status, of every premium feature', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    ['nothing bought', 'none', {}, 'free'],
    ['trialing', 'trialing', { trial_end: inDays(3) }, 'premium'],
    ['active', 'active', {}, 'premium'],
    ['active, to be canceled', 'active', { cancel_at_period_end: true }, 'premium'],
    ['active, its payments paused by the operator', 'active', { pause_collection: true }, 'premium'],
    ['past due for a day', 'past_due', { items: [item({ current_period_start: inDays(-1) })] }, 'premium'],
    [
      'past due for more than a week',
      'past_due',
      { items: [item({ current_period_start: inDays(-8) })] },
      'free',
    ],
    ['paused', 'paused', {}, 'free'],
    ['canceled', 'canceled', { ended_at: inDays(0) }, 'free'],
    ['unpaid', 'unpaid', {}, 'free'],
    ['incomplete', 'incomplete', {}, 'free'],
    ['incomplete and expired', 'incomplete_expired', {}, 'free'],
    ['one that Stripe adds later', 'on_holiday', {}, 'free'],
  ])('%s', (_, status, changes, plan) =>
    story(async (client) => {
      // Whatever it was before.
      if (status !== 'none') {
        await deliver(client, { subscription: subscription() })
        await deliver(client, { subscription: subscription({ status, ...changes }) })
      }
      expect(await planOf(client)).toBe(plan)
      const answer = plan === 'premium' ? 'given' : 'refused'
      expect(await answersOfGates(client)).toEqual(
        Object.fromEntries(Object.keys(gates).map((feature) => [feature, answer])),
      )
      expect((await period(client))?.status).toBe(status === 'none' ? undefined : status)
    })(),
  )
})

it(
  'every member is told of the period, and when a trial or the plan ends',
  story(async (client) => {
    const [trial_end, cancel_at] = [inDays(3), inDays(20)]
    const items = [item()]
    await deliver(client, {
      subscription: subscription({ status: 'trialing', trial_end, cancel_at, items }),
    })
    const { period } = entitlementsSchema.parse(await call(client, viewer, 'entitlements', [ours]))
    expect(period).toMatchObject({ status: 'trialing', graceUntil: null })
    const { endsAt, trialEnd, cancelAt } = period ?? {}
    expect([endsAt, trialEnd, cancelAt].map((time) => new Date(String(time)).toISOString())).toEqual([
      items[0]?.current_period_end,
      trial_end,
      cancel_at,
    ])
  }),
)

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
})

describe('grant_plan', () => {
  it(
    'gives a plan until its time, in place of one that was given, and says so in the log',
    story(async (client) => {
      await grant(client, 'premium', inDays(30), 'A friend')
      expect(await planOf(client)).toBe('premium')
      expect(await planOf(client, theirs)).toBe('free')
      expect(await period(client)).toMatchObject({ status: 'granted', ends_at: expect.any(Date) })
      await grant(client, 'premium', null, 'A better friend')
      expect(await period(client)).toMatchObject({ status: 'granted', ends_at: null })
      await grant(client, 'premium', null, 'Their friend', theirs)
      await client.query(
        "update private.plan_grants set ended_at = now() - interval '1 day' where ended_at is not null",
      )
      await grant(client, 'free', null, 'No friend')
      expect(await planOf(client)).toBe('free')
      expect(await period(client)).toBeUndefined()
      expect(await planOf(client, theirs)).toBe('premium')
      const ends = await client.query(
        `select g.reason, now() - g.ended_at as ago from private.plan_grants g
         order by g.reason`,
      )
      expect(ends.rows).toMatchObject([
        { reason: 'A better friend', ago: {} },
        { reason: 'A friend', ago: { days: 1 } },
        { reason: 'Their friend', ago: null },
      ])
      const { rows } = await client.query(
        `select changes from public.audit_log where table_name = 'plan_grants' and workspace_id = $1
         order by occurred_at`,
        [ours],
      )
      expect(rows[0].changes).toMatchObject({ plan_key: { new: 'premium' }, reason: {} })
      expect(rows).toHaveLength(5)
      await grant(client, 'premium', inDays(1), 'Again')
      await letEnd(client)
      expect(await keepDuePlans(client)).toBe(1)
      expect(await planOf(client)).toBe('free')
    }),
  )

  it(
    'and what was bought stand beside each other, and the larger counts',
    story(async (client) => {
      await grant(client, 'premium', inDays(30), 'A friend')
      await deliver(client, { subscription: subscription() })
      expect(await period(client)).toMatchObject({ status: 'active' })
      await deliver(client, { subscription: subscription({ status: 'canceled' }) })
      expect(await planOf(client)).toBe('premium')
      expect(await period(client)).toMatchObject({ status: 'granted' })
      await grant(client, 'free', null, 'No friend')
      expect(await planOf(client)).toBe('free')
      expect(await period(client)).toMatchObject({ status: 'canceled' })
      await deliver(client, { subscription: subscription() })
      await grant(client, 'free', null, 'Still no friend')
      expect(await planOf(client)).toBe('premium')
    }),
  )

  it.each([
    ['a plan that is none', 'gold', null, 'Please', 'plan'],
    ['no plan', null, null, 'Please', 'plan'],
    ['a time that has passed', 'premium', inDays(-1), 'Please', 'until'],
    ['no reason', 'premium', null, null, 'reason'],
    ['a reason of a megabyte', 'premium', null, 'a'.repeat(1_000_000), 'reason'],
  ])('refuses %s', (_, plan, until, reason, details) =>
    story(async (client) => {
      expect(await clientError(grant(client, plan, until, reason))).toMatchObject({
        code: 'invalid_input',
        details,
      })
      expect(await planOf(client)).toBe('free')
    })(),
  )

  it(
    'refuses a workspace that is not there',
    story(async (client) => {
      const lost = grant(client, 'premium', null, 'Please', 'WK-ZZZZZZZZZ')
      expect(await clientError(lost)).toMatchObject({ code: 'not_found' })
      for (const none of ['nothing', null as unknown as string])
        expect(await clientError(grant(client, 'premium', null, 'Please', none))).toMatchObject({
          code: 'invalid_input',
          details: 'workspace_id',
        })
    }),
  )

  it.each<[string, Actor]>([
    ['an administrator', admin],
    ['anybody', anonymous],
  ])('is not for %s', (_, actor) =>
    story(async (client) => {
      const own = call(client, actor, 'grant_plan', [ours, 'premium', null, 'Mine'])
      await expect(own).rejects.toMatchObject({ code: '42501' })
      expect(await planOf(client)).toBe('free')
    })(),
  )
})

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
    'is deleted by the owner of the database all the same',
    story(async (client) => {
      await deliver(client, { subscription: subscription() })
      await call(client, service, 'keep_checkout_session', [
        ours,
        JSON.stringify({ id: 'cs_1', customer, status: 'open', url: 'https://pay.example.com/' }),
      ])
      expect((await client.query('delete from public.workspaces where id = $1', [ours])).rowCount).toBe(1)
    }),
  )
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
