import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { returnUrl, stripeConnection } from '../../../functions/_shared/stripe/index.ts'
import { readStripeSettings } from '../../../functions/_shared/stripe/variables.ts'
import { prices } from '../../../tools/stand-ins/index.ts'
import { guardSuite } from '../../support/database/guard-suite.ts'

const { query } = guardSuite()

it('without a key every function says that nothing is configured', () => {
  for (const variables of [{}, { STRIPE_SECRET_KEY: '', STRIPE_API_URL: 'http://127.0.0.1:9' }]) {
    expect(readStripeSettings(variables)).toBeUndefined()
    expect(stripeConnection(readStripeSettings(variables) ?? null)).toThrow(
      expect.objectContaining({
        status: 501,
        body: expect.objectContaining({ code: 'not_configured' }),
      }),
    )
  }
})

it('the mode is that of the key, and what is no key is refused by name alone', () => {
  const modeOf = (key: string) => readStripeSettings({ STRIPE_SECRET_KEY: key })?.livemode
  expect(['sk_test_1', 'rk_test_1', 'sk_live_1', 'rk_live_1'].map(modeOf)).toEqual([false, false, true, true])
  for (const variables of [
    { STRIPE_SECRET_KEY: 'pk_live_secret' },
    { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_API_URL: 'file:///secret' },
    { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRETS: 'whsec_1, secret' },
  ])
    expect(() => readStripeSettings(variables)).toThrow(
      /^Missing or malformed in the environment: STRIPE_\w+\./,
    )
})

it('several secrets count while one is being replaced', () => {
  const variables = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRETS: 'whsec_1, whsec_2' }
  expect(readStripeSettings(variables)?.webhookSecrets).toEqual(['whsec_1', 'whsec_2'])
})

it('a way back keeps its query, and gets what is said', () => {
  const allowed = ['https://app.example.com']
  expect(returnUrl('https://app.example.com/a?b=c#d', allowed, { checkout: 'done' })).toBe(
    'https://app.example.com/a?b=c&checkout=done#d',
  )
})

it.each([
  'blob:https://app.example.com/a',
  'https://app.example.com:8443/',
  'https://user@app.example.com/',
  'https://app.example.com\u0000.evil.example/',
  'https://\uff41pp.example.com.evil.example/',
])('no way back leads to %s', (given) => {
  const isRefused = expect.objectContaining({ body: expect.objectContaining({ details: 'return_url' }) })
  expect(() => returnUrl(given, ['https://app.example.com'])).toThrow(isRefused)
})

it('the stand-in sells what the database sells', async () => {
  const rows = await query<{
    lookup_key: string
    billing_interval: string
    currency: string
    unit_amount: string
  }>('select lookup_key, billing_interval, currency, unit_amount from public.plan_prices')
  const sold = rows.map(({ lookup_key, billing_interval, currency, unit_amount }) => ({
    lookupKey: lookup_key,
    interval: billing_interval,
    currency,
    unitAmount: Number(unit_amount),
  }))
  const byKey = (a: { lookupKey: string }, b: { lookupKey: string }) => a.lookupKey.localeCompare(b.lookupKey)
  expect(prices.toSorted(byKey)).toEqual(sold.toSorted(byKey))
})

it('the example of the variables turns Stripe off', () => {
  const example = readFileSync(join(import.meta.dirname, '../../../functions/.env.example'), 'utf8')
  for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_API_URL', 'STRIPE_WEBHOOK_SECRETS'])
    expect(example).toMatch(new RegExp(`^${name}=$`, 'm'))
})
