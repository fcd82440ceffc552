/*
 * How often an address may be sent a mail that anybody can ask for.
 *
 * Supabase looks this up in the account, and so tells whoever asks twice which addresses have one: a known address
 * answers 429, an unknown one 200. Here what was asked for is remembered for every address alike.
 * Each gateway process remembers for itself.
 */

import { mailedTooSoon } from './one-time-tokens.ts'

/** Beyond it those that were asked for longest ago are forgotten, so that many addresses take no memory. */
const addressesKept = 10_000

/** What a mail is for, as far as two of them get into each other's way. */
export type MailPurpose = 'confirmation' | 'recovery' | 'email_change'

export interface MailFrequency {
  /** Notes that a mail was asked for. @throws AuthError 429 where that is too soon */
  ask(email: string, purpose: MailPurpose): void
  /** Notes it without a look back, for what is limited by other means. */
  note(email: string, purpose: MailPurpose): void
}

export function createMailFrequency(
  maxFrequency: number,
  now: () => number = performance.now.bind(performance),
): MailFrequency {
  const asked = new Map<string, number>()
  const note: MailFrequency['note'] = (email, purpose) => {
    const key = `${purpose} ${email}`
    // Behind the others, so that the first is the oldest.
    asked.delete(key)
    asked.set(key, now())
    for (const oldest of asked.keys()) {
      if (asked.size <= addressesKept) break
      asked.delete(oldest)
    }
  }
  return {
    note,
    ask(email, purpose) {
      const wait = (asked.get(`${purpose} ${email}`) ?? Number.NEGATIVE_INFINITY) + maxFrequency - now()
      if (wait > 0) throw mailedTooSoon(Math.ceil(wait / 1000))
      note(email, purpose)
    },
  }
}
