import { Stripe } from 'stripe'

const stripe = new Stripe('sk_test_x')

export interface EventOptions {
  id?: string
  livemode?: boolean
  account?: string
}

/** An event as Stripe writes it, around an object of the library's type. */
export function eventOf(type: Stripe.Event.Type, object: object, options: EventOptions = {}) {
  return {
    id: `evt_${crypto.randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: Math.floor(Date.now() / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type,
    ...options,
  } satisfies Omit<Stripe.EventBase, 'data'> & { data: { object: object } }
}

/** Posts a text to an endpoint, signed with a secret by the library's own generator. */
export async function postSigned(
  url: string,
  payload: string,
  { secret, age = 0, header }: { secret: string; age?: number; header?: string },
): Promise<{ status: number; body: unknown }> {
  const timestamp = Math.floor(Date.now() / 1000) - age
  const signature = await stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'stripe-signature': header ?? signature, origin: 'https://app.example.com' },
    body: payload,
  })
  return { status: response.status, body: await response.json() }
}
