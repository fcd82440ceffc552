import { promises as dns } from 'node:dns'
import ipaddr from 'ipaddr.js'

/** Whether an address may be asked in the name of a tenant. */
export type IsAllowed = (address: string) => boolean

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<string[]>

/** What of IPv6 is given out. Beside it lies what was never meant to be reached, such as IPv4 in a form of 1998. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an address is one of the public internet. One word of `ipaddr.js` says so: a list of what is not would want
 * an entry for each range that somebody thinks of. `process` reads ::ffff:10.0.0.1 as what it is.
 */
export const isPublic: IsAllowed = (address) => {
  if (!ipaddr.isValid(address)) return false
  const read = ipaddr.process(address)
  return read.range() === 'unicast' && (read.kind() === 'ipv4' || read.match(globalUnicast))
}

export const resolveName: Resolve = async (name) =>
  (await dns.lookup(name, { all: true })).map(({ address }) => address)

/** The address that a host is by itself, without a look-up: `[::1]` is `::1`; undefined for a name. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(bare) ? bare : undefined
}
