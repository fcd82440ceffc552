import type { OutgoingMail } from '../../types/mail.ts'
import { type Html, html } from './html.ts'
import { unlinked } from './unlinked.ts'
import { wordsFor } from './words.ts'

/** Where the links of a mail lead. */
export interface Links {
  appUrl: string
  /** The page of the front end on which somebody unsubscribes, with their token; for mails that one can do without. */
  unsubscribe?: string
}

/** A mail in the language of who gets it. */
export interface RenderedMail {
  subject: string
  html: string
  text: string
}

/**
 * A mail as its service takes it.
 *
 * Threats: markup in what people typed (it is escaped); an address in a name, which a mail program would make a link of
 * in a mail that somebody gets without asking (it is taken apart, in the text as in the HTML).
 */
export function renderMail(mail: OutgoingMail, links: Links): RenderedMail {
  return 'invitation' in mail ? renderInvitation(mail, links) : renderNotifications(mail, links)
}

function renderInvitation(
  mail: Extract<OutgoingMail, { invitation: unknown }>,
  { appUrl }: Links,
): RenderedMail {
  const { language, direction, invitation: words } = wordsFor(mail.locale)
  const { id, inviterName, roleName, expiresAt } = mail.invitation
  const text = unlinked(words.text(inviterName, mail.workspaceName, roleName))
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(expiresAt),
  )
  const date = `${day} (UTC)`
  const link = `${appUrl}/invitations/${id}`
  return {
    subject: words.subject,
    html: page(language, direction, [
      html`<p>${text}</p>`,
      button(link, words.button),
      html`<p class="small">${words.expires(date)} ${words.unexpected}</p>`,
    ]),
    text: [text, link, `${words.expires(date)} ${words.unexpected}`].join('\n\n'),
  }
}

function renderNotifications(
  mail: Extract<OutgoingMail, { notifications: unknown }>,
  { appUrl, unsubscribe }: Links,
): RenderedMail {
  const { language, direction, notification: words } = wordsFor(mail.locale)
  const items = mail.notifications.map((each) => ({
    title: unlinked(words.title(each) ?? each.title),
    body: unlinked(each.body),
    link: each.link && `${appUrl}${each.link}`,
  }))
  const reason = unlinked(words.reason(mail.workspaceName))
  return {
    subject: words.subject,
    html: page(language, direction, [
      ...items.flatMap(({ title, body, link }) => [
        html`<p><strong>${title}</strong></p>`,
        ...(body ? [html`<p>${body}</p>`] : []),
        ...(link ? [button(link, words.button)] : []),
      ]),
      html`<p class="small">${reason}</p>`,
      ...(unsubscribe ? [html`<p class="small"><a href="${unsubscribe}">${words.unsubscribe}</a></p>`] : []),
    ]),
    text: [
      ...items.map(({ title, body, link }) => [title, body, link].filter((line) => line).join('\n')),
      reason,
      ...(unsubscribe ? [`${words.unsubscribe}: ${unsubscribe}`] : []),
    ].join('\n\n'),
  }
}

function button(link: string, label: string): Html {
  return html`<p><a class="button" href="${link}">${label}</a></p>`
}

const style = {
  html: `body{font:16px/1.5 system-ui,sans-serif;color:#1f2328;margin:0;padding:24px}
main{max-width:560px;margin:0 auto}
.button{display:inline-block;padding:10px 18px;border-radius:6px;background:#1f2328;color:#fff;text-decoration:none}
.small{font-size:13px;color:#59636e}`,
}

function page(language: string, direction: string, content: Html[]): string {
  return html`<!doctype html>
<html lang="${language}" dir="${direction}">
<head><meta charset="utf-8"><style>${style}</style></head>
<body dir="${direction}"><main>${content}</main></body>
</html>`.html
}
