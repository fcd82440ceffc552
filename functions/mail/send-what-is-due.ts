import type { OutgoingMail, SettledMail } from '../../types/mail.ts'
import { trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import type { SendMail } from './mail-service.ts'
import { createPace, type Pace } from './pace.ts'
import { renderMail } from './templates.ts'
import type { UnsubscribeLinks } from './unsubscribe-links.ts'

export interface SendingOptions {
  service: SendMail
  /** How many mails a second the service takes. */
  perSecond: number
  links: UnsubscribeLinks
  /** The front end, whose pages `/invitations/<id>` and `/unsubscribe` the mails link to. */
  appUrl: string
  /** Where mail programs reach this function. */
  functionUrl: string
  from: string
}

const batch = 10
/** Of the minute until it is asked again, and of the two that a mail is leased for. */
const longestRunMilliseconds = 45_000

/** Sends mails until none is due, or the service has too much. */
export async function sendWhatIsDue(server: SecretClient, options: SendingOptions) {
  const counts = { sent: 0, retry: 0, failed: 0, skipped: 0 }
  const pace = createPace(options.perSecond)
  const end = Date.now() + longestRunMilliseconds
  while (Date.now() < end && counts.skipped === 0) {
    const mails = trustedDataOf(await server.rpc('claim_mails', { most: batch })) ?? []
    if (mails.length === 0) break
    const results = await sendAll(mails, pace, options)
    trustedDataOf(await server.rpc('settle_mails', { results }))
    for (const { outcome } of results) counts[outcome] += 1
  }
  return counts
}

/** Once the service has too much, nothing of the rest is sent: it all waits for as long as the service says. */
async function sendAll(mails: OutgoingMail[], pace: Pace, options: SendingOptions): Promise<SettledMail[]> {
  const sending: Promise<SettledMail>[] = []
  const skipped: SettledMail[] = []
  for (const mail of mails) {
    if (skipped.length === 0) await pace.turn()
    const [refusal] = skipped
    if (refusal) skipped.push({ ...refusal, workspaceId: mail.workspaceId, id: mail.id })
    else
      sending.push(
        send(mail, options).then((settled) => {
          if (settled.outcome === 'skipped') skipped.push(settled)
          return settled
        }),
      )
  }
  const settled = await Promise.all(sending)
  return [...settled.filter(({ outcome }) => outcome !== 'skipped'), ...skipped]
}

async function send(mail: OutgoingMail, options: SendingOptions): Promise<SettledMail> {
  const { service, links, appUrl, functionUrl, from } = options
  const { workspaceId, id } = mail
  const token = 'userId' in mail ? links.tokenFor({ userId: mail.userId, kind: mail.kind }) : undefined
  const rendered = renderMail(mail, { appUrl, ...(token && { unsubscribe: unsubscribePage(appUrl, token) }) })
  const headers: Record<string, string> = token
    ? {
        'List-Unsubscribe': `<${functionUrl}/unsubscribe?token=${token}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }
    : {}
  return { workspaceId, id, ...(await service({ from, to: mail.to, ...rendered, headers }, id)) }
}

export function unsubscribePage(appUrl: string, token: string): string {
  return `${appUrl}/unsubscribe?token=${encodeURIComponent(token)}`
}
