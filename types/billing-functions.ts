import * as z from 'zod'

// What the functions billing-checkout, billing-portal and billing-change take and answer.

/**
 * What `billing-checkout` takes: the price by the key of `plan_prices`, and the page of the front end to come back to,
 * with `checkout=done` or `checkout=canceled` in its query.
 *
 * @example
 * const body = checkoutRequestSchema.parse({ workspace_id, price: 'premium_monthly_eur', return_url: url })
 * const { data } = await supabase.functions.invoke('billing-checkout', { body })
 */
export const checkoutRequestSchema = z.strictObject({
  workspace_id: z.string().max(20),
  price: z.string().min(1).max(100),
  return_url: z.string().max(2000),
})

/**
 * What `billing-portal` takes.
 *
 * @example
 * const body = portalRequestSchema.parse({ workspace_id, return_url: url })
 * const { data } = await supabase.functions.invoke('billing-portal', { body })
 */
export const portalRequestSchema = checkoutRequestSchema.omit({ price: true })

/**
 * Where to send the person who pays: a page of Stripe.
 *
 * @example
 * const page = billingPageSchema.parse(answer)
 * show(page.url)
 */
export const billingPageSchema = z.strictObject({ url: z.string() })

/**
 * What `billing-change/preview` takes: the price to change to.
 *
 * @example
 * const body = changePreviewRequestSchema.parse({ workspace_id, price: 'premium_yearly_eur' })
 * const { data } = await supabase.functions.invoke('billing-change/preview', { body })
 */
export const changePreviewRequestSchema = checkoutRequestSchema.omit({ return_url: true })

/**
 * What a change would cost, in the smallest unit of the currency: `amountDue` at once, of which `proration` for what is
 * left of the period that was paid. `prorationDate` and `version` are sent back with the change.
 *
 * @example
 * const { amountDue, currency } = changePreviewSchema.parse(answer)
 */
export const changePreviewSchema = z.strictObject({
  price: z.string(),
  currency: z.string(),
  amountDue: z.int(),
  proration: z.int(),
  lines: z.array(z.strictObject({ description: z.string(), amount: z.int() })),
  prorationDate: z.int(),
  version: z.string(),
})

/**
 * What `billing-change` takes: what was previewed, and nothing else.
 *
 * @example
 * const { price, prorationDate: proration_date, version } = changePreviewSchema.parse(answer)
 * const body = changeRequestSchema.parse({ workspace_id, price, proration_date, version })
 * const { data } = await supabase.functions.invoke('billing-change', { body })
 */
export const changeRequestSchema = changePreviewRequestSchema.extend({
  proration_date: z.int('Give prorationDate of billing-change/preview.').min(0).max(4_102_444_800),
  version: z
    .string('Give version of billing-change/preview.')
    .regex(/^[0-9a-f]{64}$/, 'Give version of billing-change/preview.'),
})

/**
 * The price that holds from now on. The plan follows as soon as Stripe has told of it.
 *
 * @example
 * const { price } = changedPriceSchema.parse(answer)
 */
export const changedPriceSchema = z.strictObject({ price: z.string() })

export type CheckoutRequest = z.infer<typeof checkoutRequestSchema>
export type PortalRequest = z.infer<typeof portalRequestSchema>
export type BillingPage = z.infer<typeof billingPageSchema>
export type ChangePreviewRequest = z.infer<typeof changePreviewRequestSchema>
export type ChangePreview = z.infer<typeof changePreviewSchema>
export type ChangeRequest = z.infer<typeof changeRequestSchema>
export type ChangedPrice = z.infer<typeof changedPriceSchema>
