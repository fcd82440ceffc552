import type { Tables } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { day, money } from './money.ts'

type Invoice = Pick<
  Tables<'invoices'>,
  'id' | 'number' | 'status' | 'total' | 'currency' | 'created_at' | 'hosted_invoice_url'
>

/** The invoices, latest first, each with a link to its page at Stripe. */
export function invoiceList(invoices: Invoice[]): HTMLElement {
  return element(
    'ul',
    { className: 'invoices' },
    ...invoices.map(({ number, status, total, currency, created_at, hosted_invoice_url: href }) => {
      const name = number ?? 'Draft'
      const link = href ? element('a', { href, target: '_blank', rel: 'noopener' }, name) : name
      return element('li', {}, link, ` ${day(created_at)} · ${money(total, currency)} · ${status}`)
    }),
  )
}
