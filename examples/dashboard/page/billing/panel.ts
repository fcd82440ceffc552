import type { Client } from '../client.ts'
import { attemptIn } from '../controls.ts'
import { element } from '../element.ts'
import { latest } from '../latest.ts'
import { headerPanel } from '../panel.ts'
import { priceButtons } from './buy.ts'
import { leaveFor } from './call.ts'
import { invoiceList } from './invoices.ts'
import { limitList } from './limits.ts'
import { planOf } from './plan.ts'
import { ownRoles } from './roles.ts'

const mostInvoices = 12

/** For who manages what is paid: the plan, its use, buying, changing, canceling, invoices. `read` updates it. */
export function billingPanel(supabase: Client, workspace_id: string) {
  const title = element('span', {})
  const content = element('div', { className: 'billing' })
  const problem = element('p', { role: 'alert' })
  const panel = headerPanel([title], element('section', {}, problem, content))
  panel.open = new URLSearchParams(location.search).has('checkout')

  const attempt = (work: () => Promise<void>) =>
    attemptIn(
      problem,
      async () => {
        await work()
        await read()
      },
      content,
    )
  const ask = latest()
  const read = async () => {
    const isLatest = ask()
    const [state, prices, invoices] = await Promise.all([
      supabase.rpc('billing_state', { workspace_id }).throwOnError(),
      supabase.from('plan_prices').select().order('unit_amount').throwOnError(),
      supabase
        .from('invoices')
        .select('id, number, status, total, currency, created_at, hosted_invoice_url')
        .eq('workspace_id', workspace_id)
        .order('created_at', { ascending: false })
        .limit(mostInvoices)
        .throwOnError(),
    ])
    const { planType, subscription, customerId } = state.data
    const lives = subscription !== null && !['canceled', 'incomplete_expired'].includes(subscription.status)
    const isPremium = planType === 'premium'
    const manage = () => attempt(() => leaveFor(supabase, 'billing-portal', { workspace_id }))
    const [roles, use] = await Promise.all([
      ownRoles(supabase, workspace_id, { isPremium, attempt }),
      limitList(supabase, workspace_id),
    ])
    if (!isLatest()) return
    title.textContent = isPremium ? 'Premium' : 'Free plan'
    content.replaceChildren(
      planOf(state.data),
      priceButtons(supabase, workspace_id, {
        prices: prices.data,
        paid: lives ? subscription : null,
        attempt,
      }),
      ...(customerId ? [element('button', { onclick: manage }, 'Manage or cancel')] : []),
      element('h3', {}, 'Use'),
      use,
      element('h3', {}, 'Roles of your own'),
      roles,
      ...(invoices.data.length > 0 ? [element('h3', {}, 'Invoices'), invoiceList(invoices.data)] : []),
    )
  }
  return { panel, read }
}
