import { randomBytes } from 'node:crypto'

/** An id as Stripe writes one: `cus_` and random letters and digits. */
export function newId(prefix: string): string {
  const text = randomBytes(24)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
  return `${prefix}_${text.slice(0, 18)}`
}
