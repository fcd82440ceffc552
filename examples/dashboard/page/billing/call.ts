import { FunctionsHttpError } from '@supabase/supabase-js'
import { billingPageSchema, functionRefusalSchema } from '../../../../types/index.ts'
import type { Client } from '../client.ts'

/**
 * Calls a function of billing.
 *
 * @throws what it refuses with, as a sentence
 */
export async function callBilling(supabase: Client, name: string, body: object): Promise<unknown> {
  const { data, error } = await supabase.functions.invoke(name, { body })
  if (!error) return data
  if (!(error instanceof FunctionsHttpError)) throw error
  const { message, hint } = functionRefusalSchema.parse(await error.context.json()).error
  throw new Error([message, hint].filter((sentence) => sentence).join(' '))
}

/** Goes to a page of Stripe, which leads back here. */
export async function leaveFor(supabase: Client, name: string, body: object): Promise<void> {
  const return_url = `${location.origin}${location.pathname}`
  const answer = await callBilling(supabase, name, { ...body, return_url })
  location.assign(billingPageSchema.parse(answer).url)
}
