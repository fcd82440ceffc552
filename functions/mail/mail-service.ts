import type { SettledMail } from '../../types/mail.ts'
import { secondsOf } from '../_shared/retry-after.ts'

/** A mail as the service takes it. */
export interface ServiceMail {
  from: string
  to: string
  subject: string
  html: string
  text: string
  headers: Record<string, string>
}

export type Answer = Pick<SettledMail, 'outcome' | 'retryAfter'>

/** Hands a mail over; the key makes a second try of the same mail none. Never throws. */
export type SendMail = (mail: ServiceMail, idempotencyKey: string) => Promise<Answer>

const patienceMilliseconds = 10_000

/** A service that is called as Resend is: https://resend.com/docs/api-reference/emails/send-email */
export function createMailService(
  { MAIL_API_URL: url, MAIL_API_KEY: key }: { MAIL_API_URL: string; MAIL_API_KEY: string },
  send: typeof fetch = fetch,
): SendMail {
  return async ({ to, ...mail }, idempotencyKey) => {
    try {
      const response = await send(`${url}/emails`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${key}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': idempotencyKey,
        },
        body: JSON.stringify({ ...mail, to: [to] }),
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMilliseconds),
      })
      const outcome = outcomeOf(response.status, response.ok ? '' : await response.text())
      return { outcome, retryAfter: secondsOf(response.headers.get('retry-after')) }
    } catch {
      return { outcome: 'retry', retryAfter: null }
    }
  }
}

function outcomeOf(status: number, answer: string): Answer['outcome'] {
  if (status < 300) return 'sent'
  // The key was used for this mail before, which has changed since: the first one arrived.
  if (status === 409 && answer.includes('invalid_idempotent_request')) return 'sent'
  // It has too much, or enough for today: that says nothing of this mail.
  if (status === 429) return 'skipped'
  // A key that is wrong, or spent, is mended by somebody; a mail that is refused stays refused.
  return status === 400 || status === 422 ? 'failed' : 'retry'
}
