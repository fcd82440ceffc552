/** What `begin_checkout` says of a workspace that may buy. */
export interface BegunCheckout {
  workspaceName: string
  email: string
  customerId: string | null
  trialDays: number
  openSession: { id: string } | null
}
