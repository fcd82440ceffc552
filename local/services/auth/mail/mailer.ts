import type { Transporter } from 'nodemailer'
import type { ProjectConfig } from '../../../config/index.ts'
import { messageOf } from '../../../stack/index.ts'
import { unexpectedFailure } from '../errors.ts'
import { escapeHtml, loadTemplates, type MailKind, type MailValues, render } from './templates.ts'

/** One e-mail to be made from its template. */
export interface Mail {
  kind: MailKind
  to: string
  /** The address of the account, and the one it changes to; both are `to` where they are left out. */
  email?: string
  newEmail?: string
  token: { code: string; hash: string }
  /** What the link says it verifies. */
  verifyType: string
  redirectTo: string
  data: Record<string, unknown>
}

export interface Mailer {
  /** @throws AuthError 500 when the mail was not taken */
  send(mail: Mail): Promise<void>
  close(): void
}

/**
 * Milliseconds: a transaction waits for its mail, so a server that hangs must not hold it for long; the mailbox of the
 * stack greets late, since it starts with the first mail. What may pass until it is connected covers the greeting.
 */
const timeouts = { connectionTimeout: 20_000, socketTimeout: 20_000 }

/** Sends e-mails over SMTP; links point at the gateway's address. */
export function createMailer(
  { auth: settings, local_smtp: sender }: ProjectConfig,
  publicUrl: string,
  smtp: { host: string; port: number },
): Mailer {
  const templates = loadTemplates(settings)
  let opened: Promise<Transporter> | undefined
  /** Loads with the first mail: most runs of a stack send none. */
  const transport = () => {
    opened ??= import('nodemailer').then(({ createTransport }) =>
      createTransport({ ...smtp, ...timeouts, secure: false, ignoreTLS: true }),
    )
    return opened
  }
  return {
    async send(mail) {
      const link = verifyLink(publicUrl, mail.token.hash, mail.verifyType, mail.redirectTo)
      const values: MailValues = {
        ConfirmationURL: mail.kind === 'reauthentication' ? '' : link,
        Token: mail.token.code,
        TokenHash: mail.token.hash,
        SiteURL: settings.site_url,
        Email: mail.email ?? mail.to,
        NewEmail: mail.newEmail ?? mail.to,
        RedirectTo: mail.redirectTo,
        Data: mail.data,
      }
      const { subject, html } = templates[mail.kind]
      try {
        await (await transport()).sendMail({
          from: { name: sender.sender_name, address: sender.admin_email },
          to: { name: '', address: mail.to },
          subject: render(subject, values, (text) => text.replace(/[\r\n]+/g, ' ')),
          html: render(html, values, escapeHtml),
        })
      } catch (error) {
        console.error(`Auth: an e-mail (${mail.kind}) was not sent: ${messageOf(error)}`)
        throw unexpectedFailure(`Error sending ${mail.kind.replace('_', ' ')} email`)
      }
    },
    close: () => void opened?.then((transport) => transport.close()),
  }
}

/** The address that proves, when it is followed, that a mail was read. */
export function verifyLink(publicUrl: string, hash: string, type: string, redirectTo: string): string {
  const query = new URLSearchParams({ token: hash, type, redirect_to: redirectTo })
  return `${publicUrl}/auth/v1/verify?${query}`
}
