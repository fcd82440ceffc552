/**
 * Tells services where a request comes from, as the platform does: `cf-connecting-ip` and the last of
 * `x-forwarded-for` are what the gateway itself saw, whatever the client says; what stands before is its claim.
 */
export function setClientAddress(headers: Headers, address: string | null): void {
  headers.delete('cf-connecting-ip')
  if (address === null) return
  headers.set('cf-connecting-ip', address)
  const claimed = headers.get('x-forwarded-for')
  headers.set('x-forwarded-for', claimed ? `${claimed}, ${address}` : address)
}
