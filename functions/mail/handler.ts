import * as z from 'zod'
import type { OutgoingMail, SettledMail } from '../../types/mail.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { functionError, trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import type { Trace } from '../_shared/trace.ts'
import type { SendMail } from './mail-service.ts'
import { renderMail } from './templates.ts'
import type { UnsubscribeLinks } from './unsubscribe-links.ts'

export interface MailDependencies extends Dependencies {
  server(trace: Trace): SecretClient
  service: SendMail
  links: UnsubscribeLinks
  /** The front end, whose pages `/invitations/<id>` and `/unsubscribe` the mails link to. */
  appUrl: string
  /** Where mail programs reach this function. */
  functionUrl: string
  from: string
}

const batch = 20
/** Of the minute until it is asked again, and of the two that a mail is leased for. */
const longestRunMilliseconds = 25_000

const unsubscribeQuery = z.strictObject({ token: z.string().max(500) })

/**
 * Sends the mails that the database has queued, and lets people unsubscribe.
 *
 * Threats: anybody who has mails sent (the secret key alone does); a link that stops another's mails (it is signed);
 * one that a scanner of mails follows (GET changes nothing, as RFC 8058 has it).
 */
export function createHandler(dependencies: MailDependencies): Handler {
  const { server, links, appUrl } = dependencies
  return serveFunction(dependencies, {
    'POST /': endpoint({
      authentication: ['secret'],
      handle: ({ trace }) => sendWhatIsDue(dependencies, server(trace)),
    }),
    'GET /unsubscribe': endpoint({
      authentication: ['anyone'],
      query: unsubscribeQuery,
      handle: async ({ query }) =>
        new Response(null, { status: 303, headers: { Location: unsubscribePage(appUrl, query.token) } }),
    }),
    'POST /unsubscribe': endpoint({
      authentication: ['anyone'],
      query: unsubscribeQuery,
      async handle({ query, trace }) {
        const unsubscription = links.read(query.token)
        if (!unsubscription)
          throw functionError('invalid_input', 'This link is not valid.', {
            details: 'token',
            hint: 'Use the link of the mail as it stands there, or the settings for notifications.',
          })
        const { userId: user_id, kind } = unsubscription
        trustedDataOf(await server(trace).rpc('unsubscribe_from_mails', { user_id, kind }))
        return { kind }
      },
    }),
  })
}

async function sendWhatIsDue(dependencies: MailDependencies, server: SecretClient) {
  const counts = { sent: 0, retry: 0, failed: 0 }
  const end = Date.now() + longestRunMilliseconds
  while (Date.now() < end) {
    const mails = trustedDataOf(await server.rpc('claim_mails', { most: batch })) ?? []
    if (mails.length === 0) break
    const results = await Promise.all(mails.map((mail) => send(mail, dependencies)))
    trustedDataOf(await server.rpc('settle_mails', { results }))
    for (const { outcome } of results) counts[outcome] += 1
  }
  return counts
}

async function send(mail: OutgoingMail, dependencies: MailDependencies): Promise<SettledMail> {
  const { service, links, appUrl, functionUrl, from } = dependencies
  const { workspaceId, id } = mail
  const token = 'userId' in mail ? links.tokenFor({ userId: mail.userId, kind: mail.kind }) : undefined
  const rendered = renderMail(mail, { appUrl, ...(token && { unsubscribe: unsubscribePage(appUrl, token) }) })
  const headers: Record<string, string> = token
    ? {
        'List-Unsubscribe': `<${functionUrl}/unsubscribe?token=${token}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }
    : {}
  return { workspaceId, id, outcome: await service({ from, to: mail.to, ...rendered, headers }, id) }
}

function unsubscribePage(appUrl: string, token: string): string {
  return `${appUrl}/unsubscribe?token=${encodeURIComponent(token)}`
}
