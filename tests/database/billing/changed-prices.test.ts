import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import {
  billingStateOf,
  castWithCustomer,
  deliver,
  inDays,
  item,
  keepCustomer,
  monthly,
  period,
  planOf,
  subscription,
  yearly,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { begin, keep, session } from '../../support/database/checkout.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours, theirs } from '../../support/people/cast.ts'

// A price cannot change its amount: its lookup key moves to another, and who pays the former one keeps what they have.

const story = policySuite(castWithCustomer)

/** What is paid with a price whose lookup key has moved to another. */
const former = (changes: Record<string, unknown> = {}) => item({ lookup_key: null, ...changes })

const tell = (client: pg.Client, ...items: object[]) =>
  deliver(client, { subscription: subscription({ items }) })

describe('who pays a former price', () => {
  it(
    'keeps the plan, by the next event and by the comparison, and sees what is paid for it',
    story(async (client) => {
      await tell(client, item())
      await client.query('update public.plan_prices set unit_amount = 2500 where lookup_key = $1', [monthly])
      const renewed = former({ current_period_end: inDays(59) })
      expect((await tell(client, renewed)).changed).toEqual(['subscription'])
      expect(await planOf(client)).toBe('premium')

      const { ticket } = await call<{ ticket: number }>(client, service, 'billing_subscriptions_to_compare', [
        null,
        10,
      ])
      const objects = { subscription: subscription({ items: [renewed] }) }
      const compared = await call(client, service, 'apply_billing_objects', [ticket, JSON.stringify(objects)])
      expect(compared).toEqual({ state: 'applied', changed: [] })
      expect(await planOf(client)).toBe('premium')
      expect(await billingStateOf(client, admin)).toMatchObject({
        planType: 'premium',
        source: 'subscription',
        subscription: { priceId: 'price_monthly', lookupKey: monthly, interval: 'month', unitAmount: 1900 },
      })
      expect(await period(client)).toMatchObject({ status: 'active' })
      expect(await clientError(begin(client, admin))).toMatchObject({
        code: 'conflict',
        details: 'subscription',
      })
    }),
  )

  it(
    'keeps it where the plan is sold under that key no more, and where another key is given to the price',
    story(async (client) => {
      await tell(client, item())
      await client.query('delete from public.plan_prices where lookup_key = $1', [monthly])
      for (const lookup_key of [monthly, null, 'premium_2025']) {
        await tell(client, item({ lookup_key }))
        expect(await planOf(client)).toBe('premium')
        expect((await billingStateOf(client, admin)).subscription?.lookupKey).toBe(monthly)
      }
    }),
  )

  it(
    'has the item of the plan, whatever is sold beside it',
    story(async (client) => {
      await tell(client, item())
      const beside = item({ id: 'si_other', price: 'price_other', lookup_key: 'storage', unit_amount: 100 })
      await tell(client, beside, former())
      expect((await billingStateOf(client, admin)).subscription).toMatchObject({
        itemId: 'si_ours',
        lookupKey: monthly,
        unitAmount: 1900,
      })
      expect(await planOf(client)).toBe('premium')
    }),
  )

  it(
    'changes to a price of today like any other',
    story(async (client) => {
      await tell(client, item())
      await tell(client, former())
      const year = item({ price: 'price_yearly', lookup_key: yearly, interval: 'year', unit_amount: 19_000 })
      await tell(client, year)
      expect((await billingStateOf(client, admin)).subscription).toMatchObject({
        lookupKey: yearly,
        interval: 'year',
      })
      await tell(client, item({ price: 'price_monthly_2', unit_amount: 2500 }))
      expect((await billingStateOf(client, admin)).subscription).toMatchObject({
        lookupKey: monthly,
        unitAmount: 2500,
      })
      expect(await planOf(client)).toBe('premium')
    }),
  )

  it(
    'has the plan where the key moved while the page was open, on which nobody had paid it before',
    story(async (client) => {
      await keep(client, session({ price: 'price_monthly' }))
      await tell(client, former())
      expect(await planOf(client)).toBe('premium')
      expect((await billingStateOf(client, admin)).subscription?.lookupKey).toBe(monthly)
    }),
  )

  it(
    'has it in another workspace, too, where the price is known by the first',
    story(async (client) => {
      await tell(client, item())
      await keepCustomer(client, 'cus_theirs', theirs)
      const bought = subscription({ id: 'sub_theirs', customer: 'cus_theirs', items: [former()] })
      await deliver(client, { subscription: bought }, { customer: 'cus_theirs' })
      expect(await planOf(client, theirs)).toBe('premium')
    }),
  )
})

it(
  'a price that was never sold here gives nothing, and one that is forgotten ends with what is told next',
  story(async (client) => {
    await tell(client, former())
    expect(await planOf(client)).toBe('free')
    await keep(client, session({ price: 'price_storage', lookup_key: 'storage' }), ours)
    await tell(client, former({ price: 'price_storage' }))
    expect(await planOf(client)).toBe('free')
    await tell(client, item())
    await tell(client, former())
    expect(await planOf(client)).toBe('premium')
    await client.query("delete from private.sold_prices where price_id = 'price_monthly'")
    await tell(client, former())
    expect(await planOf(client)).toBe('free')
  }),
)

it(
  'nobody reads what prices were sold as',
  story(async (client) => {
    for (const actor of [admin, anonymous, service])
      await expect(actAs(client, actor, 'select from private.sold_prices')).rejects.toMatchObject({
        code: '42501',
      })
  }),
)
