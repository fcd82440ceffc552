import type { APIServer } from '@maildev/api'
import { createTransport } from 'nodemailer'
import { z } from 'zod'

/** How mail services take one: https://resend.com/docs/api-reference/emails/send-email */
const mailSchema = z.object({
  from: z.string(),
  to: z.array(z.string()).min(1).max(50),
  subject: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
})

const rememberedKeys = 1000

/**
 * Takes mails over HTTP as mail services do, for code that reaches no SMTP port, such as Edge Functions, and puts them
 * into the mailbox. Any key is right, and one idempotency key is one mail.
 */
export function openHttpDoor({ server }: APIServer, smtpPort: number): void {
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, secure: false, ignoreTLS: true })
  const taken = new Map<string, string>()

  server.post('/emails', async (request, reply) => {
    const refuse = (status: number, name: string, message: string) =>
      reply.code(status).send({ statusCode: status, name, message })
    if (!/^Bearer \S+$/.test(request.headers.authorization ?? ''))
      return refuse(401, 'missing_api_key', 'Send a key as Authorization: Bearer.')
    const { data: mail, error } = mailSchema.safeParse(request.body)
    if (!mail) return refuse(422, 'validation_error', z.prettifyError(error))
    const key = String(request.headers['idempotency-key'] ?? crypto.randomUUID())
    const known = taken.get(key)
    if (known) return { id: known }
    const id = crypto.randomUUID()
    taken.set(key, id)
    const oldest = taken.keys().next()
    if (taken.size > rememberedKeys && !oldest.done) taken.delete(oldest.value)
    try {
      await transport.sendMail(mail)
    } catch (failure) {
      taken.delete(key)
      throw failure
    }
    return { id }
  })
}
