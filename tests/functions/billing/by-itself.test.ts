import { Stripe } from 'stripe'
import { expect, it } from 'vitest'
import { askStripe } from '../../../functions/_shared/stripe/index.ts'
import { byItself, newComparison } from '../../../functions/billing-reconcile/comparison.ts'

// What of Stripe's answers is one customer's failure, and what ends the comparison of all.

const { StripeConnectionError, StripeError } = Stripe.errors

/** The error of the library for what Stripe answered. */
const answered = (statusCode: number, code?: string) =>
  StripeError.generate({
    type: 'invalid_request_error',
    message: "No such customer: 'cus_1' of sk_test_secret",
    statusCode,
    ...(code && { code }),
  })

async function compared(thrown: unknown) {
  const comparison = newComparison()
  const ended = await byItself(comparison, 'cus_1', () => askStripe(() => Promise.reject(thrown))).then(
    () => false,
    () => true,
  )
  return { ended, failed: comparison.failed, failures: comparison.failures }
}

it.each([
  [answered(400, 'resource_missing'), 'resource_missing'],
  [answered(404, 'resource_missing'), 'resource_missing'],
  [answered(400), 'invalid_request'],
])('a refusal of one thing is its own: %s', async (error, code) => {
  expect(await compared(error)).toEqual({ ended: false, failed: 1, failures: [{ id: 'cus_1', code }] })
})

it.each([
  ['a key that does not count', answered(401)],
  ['a key that may not', answered(403)],
  ['too many calls', answered(429)],
  ['too many calls, said otherwise', answered(400, 'rate_limit')],
  ['Stripe away', answered(500)],
  ['no network', new StripeConnectionError({ type: 'api_error', message: 'refused' } as never)],
  ['a mistake of ours', new TypeError('undefined')],
])('%s ends the comparison', async (_, error) => {
  expect(await compared(error)).toEqual({ ended: true, failed: 0, failures: [] })
})

it('names the first hundred', async () => {
  const comparison = newComparison()
  for (let n = 0; n < 101; n += 1)
    await byItself(comparison, `cus_${n}`, () => Promise.reject(answered(404, 'resource_missing')))
  expect([comparison.failed, comparison.failures.length]).toEqual([101, 100])
})
