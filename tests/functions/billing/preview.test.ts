import type { Stripe } from 'stripe'
import { expect, it } from 'vitest'
import { preview } from '../../../functions/billing-change/preview.ts'

// Which item of a subscription a change of the plan is of, where others are sold beside it.

const item = (id: string, lookup_key: string | null = null) => ({
  id,
  price: { id: `price_${id}`, lookup_key },
})

function changed(items: object[], itemId: string | null = 'plan') {
  const of = { status: 'active', currency: 'eur', cancel_at: null, cancel_at_period_end: false }
  const stripe = {
    subscriptions: { retrieve: async (id: string) => ({ id, ...of, items: { data: items } }) },
    prices: { list: async () => ({ data: [{ id: 'price_year', currency: 'eur' }] }) },
    invoices: {
      list: async () => ({ data: [] }),
      createPreview: async () => ({ currency: 'eur', amount_due: 1, lines: { data: [] } }),
    },
  }
  return preview(stripe as unknown as Stripe, { id: 'sub_1', itemId }, 'premium_year', 0)
}

it('changes the price of the plan, and of nothing that is sold beside it', async () => {
  const storage = item('storage', 'storage')
  expect((await changed([storage, item('plan', 'premium_month')])).item).toBe('plan')
  expect((await changed([item('support'), item('plan', 'premium_month'), storage])).item).toBe('plan')
  // A price that no plan has any more, whose key has moved to another, is the plan's all the same.
  expect((await changed([item('plan', 'premium_2024')])).item).toBe('plan')
  expect((await changed([storage, item('plan')])).item).toBe('plan')
})

it('says what to choose in place of the price that is paid already', async () => {
  const paid = { id: 'plan', price: { id: 'price_year', lookup_key: 'premium_year' } }
  await expect(changed([paid])).rejects.toMatchObject({
    status: 409,
    body: { code: 'conflict', details: 'price', hint: 'Choose another price.' },
  })
})

it.each([['another'], [null]])(
  'changes nothing where the database has %s as the item of the plan',
  async (itemId) => {
    await expect(changed([item('plan', 'premium_month')], itemId)).rejects.toMatchObject({
      status: 409,
      body: { code: 'conflict', details: 'subscription' },
    })
  },
)
