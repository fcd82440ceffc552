export { type ConnectStripe, createStripe, type StripeConnection, stripeConnection } from './client.ts'
export {
  type BillingObjects,
  checkoutSessionDocument,
  idOf,
  invoiceDocument,
  subscriptionDocument,
  subscriptionOf,
  timeOf,
} from './documents.ts'
export { hasEnded } from './ended.ts'
export { askStripe, findAtStripe, goneAtStripe, refusalOf } from './errors.ts'
export { fetchInvoice, fetchObjects, listSubscriptions } from './fetch-objects.ts'
export { findPrice } from './prices.ts'
export { isReplayed } from './replayed.ts'
export { returnUrl } from './return-url.ts'
