import { readFileSync } from 'node:fs'
import { messageOf, StackError } from '../../../stack/index.ts'
import type { AuthSettings } from '../settings.ts'

/** The e-mails that Auth sends, named as in `[auth.email.template.…]`. */
export type MailKind =
  | 'confirmation'
  | 'invite'
  | 'magic_link'
  | 'recovery'
  | 'email_change'
  | 'reauthentication'

/** What a template may mention, as `{{ .Name }}`; `{{ .Data.key }}` reads the person's metadata. */
export interface MailValues {
  ConfirmationURL: string
  Token: string
  TokenHash: string
  SiteURL: string
  Email: string
  NewEmail: string
  RedirectTo: string
  Data: Record<string, unknown>
}

interface Template {
  subject: string
  html: string
}

/** Links and no codes: a project that wants people to type a code writes a template with `{{ .Token }}`. */
const linkTemplates: Record<
  Exclude<MailKind, 'reauthentication'>,
  [subject: string, sentence: string, link: string]
> = {
  confirmation: ['Confirm your email address', 'Confirm your address to finish signing up:', 'Confirm'],
  invite: ["You've been invited", 'You have been invited to {{ .SiteURL }}:', 'Accept the invitation'],
  magic_link: ['Your sign-in link', 'Follow this link to sign in:', 'Sign in'],
  recovery: ['Reset your password', 'Follow this link to choose another password:', 'Reset password'],
  email_change: [
    'Confirm your new email address',
    'Confirm the change of your address from {{ .Email }} to {{ .NewEmail }}:',
    'Confirm the change',
  ],
}

/** The project's own templates where it has them, read once, and plain ones for the rest. */
export function loadTemplates(settings: AuthSettings): Record<MailKind, Template> {
  const own = settings.email.template
  const load = (kind: MailKind, builtIn: Template): Template => ({
    subject: own[kind]?.subject ?? builtIn.subject,
    html: own[kind]?.content_path ? readTemplate(own[kind].content_path) : builtIn.html,
  })
  const link = (kind: Exclude<MailKind, 'reauthentication'>) => {
    const [subject, sentence, label] = linkTemplates[kind]
    const html = `<p>${sentence}</p>
<p><a href="{{ .ConfirmationURL }}">${label}</a></p>`
    return load(kind, { subject, html })
  }
  return {
    confirmation: link('confirmation'),
    invite: link('invite'),
    magic_link: link('magic_link'),
    recovery: link('recovery'),
    email_change: link('email_change'),
    reauthentication: load('reauthentication', {
      subject: '{{ .Token }} is your verification code',
      html: '<p>Enter this code to go on: <strong>{{ .Token }}</strong></p>',
    }),
  }
}

/** Puts values into a template; what a person has written about themselves can't become markup. */
export function render(template: string, values: MailValues, encode: (text: string) => string): string {
  return template.replace(/\{\{\s*\.([\w.]+)\s*\}\}/g, (_, path: string) => encode(lookUp(values, path)))
}

/** Text that stays text inside HTML, in attributes as well. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&#34;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

function lookUp(values: MailValues, path: string): string {
  let value: unknown = values
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return ''
    value = Object.getOwnPropertyDescriptor(value, key)?.value
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
}

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new StackError(
      `The e-mail template ${path} of supabase/config.toml cannot be read: ${messageOf(error)}.`,
    )
  }
}
