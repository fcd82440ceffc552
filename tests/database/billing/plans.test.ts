import { describe, expect, it } from 'vitest'
import { entitlementsSchema } from '../../../types/entitlements.ts'
import { pastTriggers } from '../../support/dashboards/full-views.ts'
import { type Actor, anonymous, clientError } from '../../support/database/act.ts'
import {
  billingStateOf,
  castWithCustomer,
  deliver,
  grant,
  inDays,
  item,
  keepDuePlans,
  letEnd,
  period,
  planOf,
  subscription,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { answersOfGates, gates } from '../../support/database/gates.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours, theirs, viewer } from '../../support/people/cast.ts'

// Which plan a workspace is on, by what it bought and what it was given.

const story = policySuite(castWithCustomer)

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

describe('of several subscriptions of one customer', () => {
  const of = (id: string, changes: Record<string, unknown> = {}, items = [item()]) =>
    subscription({ id, items: items.map((one) => ({ ...one, id: `si_${id}` })), ...changes })
  const until = (days: number) => [item({ current_period_end: inDays(days) })]
  const unknown = item({ price: 'price_mug', lookup_key: 'mug', current_period_end: inDays(300) })
  it.each<[string, ReturnType<typeof of>, ReturnType<typeof of>]>([
    ['the one with a plan counts', of('sub_b'), of('sub_a', {}, [unknown])],
    [
      'the one that goes on counts',
      of('sub_b', {}, until(20)),
      of('sub_a', { cancel_at: inDays(29), cancel_at_period_end: true }),
    ],
    [
      'the one that ends last counts',
      of('sub_b', { cancel_at: inDays(28) }, until(20)),
      of('sub_a', { cancel_at: inDays(27) }),
    ],
    ['the one that is paid counts', of('sub_b', {}, until(20)), of('sub_a', { status: 'past_due' })],
    [
      'the one that is paid, and no trial, counts',
      of('sub_b', {}, until(5)),
      of('sub_a', { status: 'trialing', trial_end: inDays(29) }),
    ],
    ['the one that is paid for longest counts', of('sub_b', {}, until(30)), of('sub_a')],
    [
      'the one that lives counts',
      of('sub_b', { status: 'unpaid' }, until(9)),
      of('sub_a', { status: 'canceled' }),
    ],
    [
      'the one that is paid counts, without a plan',
      of('sub_b', {}, [item({ ...unknown, current_period_end: inDays(2) })]),
      of('sub_a', { status: 'incomplete' }),
    ],
  ])('%s, whichever is told last', (_, counts, other) =>
    story(async (client) => {
      for (const told of [counts, other, counts]) {
        await deliver(client, { subscription: told }, { subscription: told.id })
        const { rows } = await client.query(
          'select id from private.current_subscriptions where workspace_id = $1',
          [ours],
        )
        expect(rows).toEqual([{ id: counts.id }])
        expect(await billingStateOf(client, admin)).toMatchObject({ subscription: { id: counts.id } })
      }
      const isGiven = counts.status === 'active' && counts.items[0]?.price !== 'price_mug'
      expect(await planOf(client)).toBe(isGiven ? 'premium' : 'free')
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

it(
  'what leaves a workspace on its plan leaves the workspace as it was',
  story(async (client) => {
    const stored = async () =>
      (await client.query('select * from public.workspaces where id = $1', [ours])).rows[0]
    await deliver(client, { subscription: subscription() })
    const longAgo = "update public.workspaces set updated_at = '2026-01-01Z'"
    await pastTriggers(client, 'workspaces', longAgo)
    const before = await stored()
    await deliver(client, { subscription: subscription({ cancel_at_period_end: true }) })
    await grant(client, 'premium', inDays(30), 'A friend')
    await grant(client, 'free', null, 'No friend')
    expect(await stored()).toEqual(before)
    await deliver(client, { subscription: subscription({ status: 'canceled' }) })
    const { plan_type, updated_at } = await stored()
    expect(plan_type).toBe('free')
    expect(updated_at).not.toEqual(before.updated_at)
  }),
)

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
