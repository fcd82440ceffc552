import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// What the functions about buying answer with. What was bought is also in the tables `subscriptions` and `invoices`,
// for who has `billing.manage`. Amounts are in the smallest unit of their currency.

const time = utcTimestampSchema.nullable()

/**
 * A page of Stripe on which somebody of the workspace can pay.
 *
 * @example
 * const open = openCheckoutSchema.nullable().parse(answer)
 * if (open?.url) show(open.url)
 */
export const openCheckoutSchema = z.strictObject({
  id: z.string(),
  url: z.string().nullable(),
  /** The price that it is for; null where Stripe alone knows. */
  lookupKey: z.string().nullable(),
  expiresAt: utcTimestampSchema,
})

/**
 * What is needed to sell a price: the answer of `begin_checkout`.
 *
 * @example
 * const { customerId, trialDays } = begunCheckoutSchema.parse(answer)
 */
export const begunCheckoutSchema = z.strictObject({
  workspaceName: z.string(),
  /** The caller's; null without one. */
  email: z.string().nullable(),
  /** Null until the workspace has a customer at Stripe. */
  customerId: z.string().nullable(),
  /** 0 where the workspace or the caller has had a trial, or the caller has a page with one open elsewhere. */
  trialDays: z.int().nonnegative(),
  /** Who has the trial, to be kept with the checkout: a digest of their mailbox; null without one. */
  trialOf: z.string().nullable(),
  openSession: openCheckoutSchema.nullable(),
})

/**
 * What a workspace has bought: the answer of `billing_state`.
 *
 * @example
 * const { data } = await supabase.rpc('billing_state', { workspace_id })
 * const { subscription } = billingStateSchema.parse(data)
 * if (subscription?.cancelAt) show(subscription.cancelAt)
 */
export const billingStateSchema = z.strictObject({
  planType: z.enum(['free', 'premium']),
  /** What the plan comes from. */
  source: z.enum(['none', 'subscription', 'grant']),
  customerId: z.string().nullable(),
  /** Whether real money is paid. */
  livemode: z.boolean(),
  /** The keys under which plans are sold: Stripe may have other prices too. */
  prices: z.array(z.string()),
  /** The page on which to pay, which `billing-checkout/close` closes: until then nobody deletes the workspace. */
  openCheckout: openCheckoutSchema.nullable(),
  subscription: z
    .strictObject({
      id: z.string(),
      /** As Stripe names it; docs/billing.md says what each gives. */
      status: z.string(),
      itemId: z.string().nullable(),
      priceId: z.string().nullable(),
      lookupKey: z.string().nullable(),
      currency: z.string().nullable(),
      interval: z.string().nullable(),
      unitAmount: z.int().nullable(),
      quantity: z.int().nullable(),
      periodStart: time,
      periodEnd: time,
      trialEnd: time,
      /** When it ends; null where it goes on. */
      cancelAt: time,
      /** Until when it gives what was bought after a payment failed. */
      graceUntil: time,
    })
    .nullable(),
})

/**
 * What an event of Stripe came to: the answer of `claim_billing_event`, for servers.
 *
 * @example
 * const { state, ticket } = claimedBillingEventSchema.parse(answer)
 * if (state === 'claimed') show(ticket)
 */
export const claimedBillingEventSchema = z.strictObject({
  state: z.enum(['claimed', 'applied', 'ignored']),
  /** To apply the event with; null where there is nothing to apply. */
  ticket: z.int().positive().nullable(),
  /** Why it is ignored. */
  reason: z.string().nullable(),
})

/**
 * What was written: the answer of `apply_billing_event` and `apply_billing_objects`, for servers.
 *
 * @example
 * const { changed } = appliedBillingObjectsSchema.parse(answer)
 */
export const appliedBillingObjectsSchema = z.strictObject({
  state: z.enum(['applied', 'ignored']),
  /** The kinds of objects that are others than before. */
  changed: z.array(z.string()),
})

/**
 * A page of customers to compare with Stripe's: the answer of `billing_subscriptions_to_compare`, for servers.
 *
 * @example
 * const { ticket, customers, next } = billingComparisonSchema.parse(answer)
 */
export const billingComparisonSchema = z.strictObject({
  /** For `apply_billing_objects`, with what is fetched from now on. */
  ticket: z.int().positive(),
  customers: z.array(
    z.strictObject({
      /** Null where the workspace was deleted: what still lives is to be canceled. */
      workspaceId: z.string().nullable(),
      customerId: z.string(),
      livemode: z.boolean(),
      subscriptions: z.array(z.strictObject({ id: z.string(), status: z.string() })),
      /** The status of each, by its id. */
      invoices: z.record(z.string(), z.string().nullable()),
    }),
  ),
  /** What to give as `after`; null on the last page. */
  next: z.string().nullable(),
})

export type OpenCheckout = z.infer<typeof openCheckoutSchema>
export type BegunCheckout = z.infer<typeof begunCheckoutSchema>
export type BillingState = z.infer<typeof billingStateSchema>
