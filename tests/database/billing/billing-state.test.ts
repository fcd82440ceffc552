import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, person } from '../../support/database/act.ts'
import {
  billingStateOf,
  customer,
  deliver,
  invoice,
  keepCustomer,
  monthly,
  subscription,
  yearly,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, viewer } from '../../support/people/cast.ts'

// Who may know what was bought, and what they are told of it.

const story = policySuite()

describe('who may know', () => {
  const asked = ['begin_checkout', 'billing_state'] as const
  const ask = (client: pg.Client, actor: Actor, name: (typeof asked)[number]) =>
    call(client, actor, name, name === 'begin_checkout' ? [ours, monthly] : [ours])

  it.each<[string, Actor, string]>([
    ['a member', member, 'permission_denied'],
    ['a viewer', viewer, 'permission_denied'],
    ['a suspended administrator', person(ids.suspended), 'not_found'],
    ['an administrator of another workspace', outsider, 'not_found'],
  ])('of what was bought is not %s', (_, actor, code) =>
    story(async (client) => {
      await keepCustomer(client)
      await deliver(client, { subscription: subscription(), invoice: invoice() })
      for (const name of asked)
        expect(await clientError(ask(client, actor, name)), name).toMatchObject({ code })
      for (const table of ['subscriptions', 'invoices']) {
        expect((await actAs(client, actor, `select from public.${table}`)).rowCount).toBe(0)
        expect((await actAs(client, admin, `select from public.${table}`)).rowCount).toBe(1)
      }
    })(),
  )

  it(
    'is nobody who is not signed in, and whoever has billing.manage by a role of the workspace’s own',
    story(async (client) => {
      await keepCustomer(client)
      await deliver(client, { subscription: subscription(), invoice: invoice() })
      for (const name of asked)
        await expect(ask(client, anonymous, name)).rejects.toMatchObject({ code: '42501' })
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         values ($1, 'accountant', 'Accountant', '{billing.manage}')`,
        [ours],
      )
      await client.query("update public.workspace_members set role_key = 'accountant' where user_id = $1", [
        ids.member,
      ])
      expect(await billingStateOf(client, member)).toMatchObject({
        planType: 'premium',
        source: 'subscription',
        customerId: customer,
        livemode: false,
        subscription: {
          id: 'sub_ours',
          itemId: 'si_ours',
          lookupKey: monthly,
          unitAmount: 1900,
          interval: 'month',
        },
      })
      expect((await actAs(client, member, 'select from public.invoices')).rowCount).toBe(1)
    }),
  )

  it(
    'learns what was bought, when the period began, when it and a trial end, and until when a grace lasts',
    story(async (client) => {
      await keepCustomer(client)
      await deliver(client, { subscription: subscription() })
      const times = {
        periodStart: '2030-01-01T00:00:00.000Z',
        periodEnd: '2030-02-01T00:00:00.000Z',
        trialEnd: '2030-01-15T00:00:00.000Z',
        cancelAt: '2030-03-01T00:00:00.000Z',
        graceUntil: '2030-02-08T00:00:00.000Z',
      }
      await client.query(
        `update public.subscriptions
         set current_period_start = $1, current_period_end = $2, trial_end = $3, cancel_at = $4, grace_until = $5`,
        Object.values(times),
      )
      expect(await billingStateOf(client, admin)).toEqual({
        planType: 'premium',
        source: 'subscription',
        customerId: customer,
        livemode: false,
        prices: expect.arrayContaining([monthly, yearly]),
        openCheckout: null,
        subscription: {
          id: 'sub_ours',
          status: 'active',
          itemId: 'si_ours',
          priceId: 'price_monthly',
          lookupKey: monthly,
          currency: 'eur',
          interval: 'month',
          unitAmount: 1900,
          quantity: 1,
          ...times,
        },
      })
    }),
  )

  it(
    'learns of nothing where nothing was bought',
    story(async (client) => {
      expect(await billingStateOf(client, admin)).toEqual({
        planType: 'free',
        prices: ['premium_monthly_eur', 'premium_monthly_usd', 'premium_yearly_eur', 'premium_yearly_usd'],
        source: 'none',
        customerId: null,
        livemode: false,
        openCheckout: null,
        subscription: null,
      })
    }),
  )
})
