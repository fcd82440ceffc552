import { type BillingState, changePreviewSchema, type Tables } from '../../../../types/index.ts'
import type { Client } from '../client.ts'
import { element } from '../element.ts'
import { callBilling, leaveFor } from './call.ts'
import { money } from './money.ts'

type Price = Tables<'plan_prices'>

/** A button for each price: it leads to the checkout, or where something is paid already, to another price. */
export function priceButtons(
  supabase: Client,
  workspace_id: string,
  {
    prices,
    paid,
    attempt,
  }: { prices: Price[]; paid: BillingState['subscription']; attempt(work: () => Promise<void>): void },
): HTMLElement {
  const currency = paid?.currency ?? 'eur'
  const offered = prices.filter(
    (price) => price.currency === currency && price.lookup_key !== paid?.lookupKey,
  )
  return element(
    'p',
    { className: 'choices' },
    ...offered.map((price) => {
      const label = `${money(price.unit_amount, price.currency)} a ${price.billing_interval}`
      const onclick = () =>
        attempt(() =>
          paid
            ? change(supabase, workspace_id, price.lookup_key)
            : leaveFor(supabase, 'billing-checkout', { workspace_id, price: price.lookup_key }),
        )
      return element(
        'button',
        { className: 'primary', onclick },
        `${paid ? 'Change to' : 'Buy for'} ${label}`,
      )
    }),
  )
}

/** Says what it costs before it is done. */
async function change(supabase: Client, workspace_id: string, price: string): Promise<void> {
  const body = { workspace_id, price }
  const answer = await callBilling(supabase, 'billing-change/preview', body)
  const { amountDue, currency, prorationDate, version } = changePreviewSchema.parse(answer)
  if (!confirm(`${money(amountDue, currency)} are paid now. Change the price?`)) return
  await callBilling(supabase, 'billing-change', { ...body, proration_date: prorationDate, version })
}
