import * as z from 'zod'
import { readVariables } from '../env.ts'

const list = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))

const stripeSchema = z.object({
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_\w+$/)
    .optional(),
  STRIPE_API_URL: z.url({ protocol: /^https?$/ }).optional(),
  STRIPE_WEBHOOK_SECRETS: list.pipe(z.array(z.string().startsWith('whsec_'))),
})

/** How the project is connected to Stripe: `functions/.env.example` explains each variable. */
export interface StripeSettings {
  secretKey: string
  /** Stripe's own where it is left out. */
  apiUrl: URL | undefined
  /** Several while one is being replaced. */
  webhookSecrets: string[]
  /** Whether the key moves real money. What is of the other mode is not ours. */
  livemode: boolean
}

/**
 * Undefined where the project has no key.
 *
 * @throws {EnvironmentError} for a key, an address or a secret that has not the form of one
 */
export function readStripeSettings(
  variables?: Record<string, string | undefined>,
): StripeSettings | undefined {
  const read = readVariables(stripeSchema, variables)
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl } = read
  if (secretKey === undefined) return undefined
  return {
    secretKey,
    apiUrl: apiUrl === undefined ? undefined : new URL(apiUrl),
    webhookSecrets: read.STRIPE_WEBHOOK_SECRETS,
    livemode: secretKey.slice(3).startsWith('live_'),
  }
}
