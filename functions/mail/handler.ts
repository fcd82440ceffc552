import * as z from 'zod'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { functionError, trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import type { Trace } from '../_shared/trace.ts'
import { type SendingOptions, sendWhatIsDue, unsubscribePage } from './send-what-is-due.ts'

export interface MailDependencies extends Dependencies, SendingOptions {
  server(trace: Trace): SecretClient
}

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
      handle: ({ trace }) => sendWhatIsDue(server(trace), dependencies),
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
