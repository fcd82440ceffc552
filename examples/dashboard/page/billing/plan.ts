import type { BillingState } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { day, money } from './money.ts'

type Subscription = NonNullable<BillingState['subscription']>

/** What is paid for and until when, in sentences. */
export function planOf({ planType, source, subscription }: BillingState): HTMLElement {
  const name = planType === 'premium' ? 'Premium' : 'Free'
  const said = source === 'grant' ? ['It was given to you.'] : subscription ? sentencesOf(subscription) : []
  return element('p', {}, element('strong', { className: 'plan' }, name), ` ${said.join(' ')}`)
}

function sentencesOf(subscription: Subscription): string[] {
  const { status, unitAmount, currency, interval, trialEnd, periodEnd, cancelAt, graceUntil } = subscription
  if (status === 'canceled') return ['It was canceled.']
  const said: string[] = []
  if (unitAmount !== null && currency) said.push(`${money(unitAmount, currency)} a ${interval}.`)
  if (status === 'trialing' && trialEnd) said.push(`Free until ${day(trialEnd)}.`)
  if (graceUntil) said.push(`A payment failed: pay until ${day(graceUntil)} to keep it.`)
  if (status === 'paused') said.push('It is paused, for want of a way to pay.')
  if (cancelAt) said.push(`It ends on ${day(cancelAt)}.`)
  else if (status === 'active' && periodEnd) said.push(`It goes on on ${day(periodEnd)}.`)
  return said
}
