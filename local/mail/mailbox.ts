import { messageOf, StackError } from '../stack/index.ts'

/** A running mailbox: it takes every mail that the stack sends and shows it on a web page. */
export interface Mailbox {
  stop(): Promise<void>
}

const keptMails = 500

export interface MailboxOptions {
  webPort: number
  smtpPort: number
  /** Where the mails are kept from one start to the next. */
  directory: string
}

/** Starts the mail catcher on local ports: SMTP for the stack, the web page for people. */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  // Loaded here and not above: it takes the better part of a second, in which the rest can start.
  const { MailDev } = await import('maildev')
  const mailbox = new MailDev({
    smtp: options.smtpPort,
    web: options.webPort,
    mailDirectory: options.directory,
    ip: '127.0.0.1',
    webIp: '127.0.0.1',
    maxEmails: keptMails,
    silent: true,
  })
  try {
    await mailbox.start()
  } catch (error) {
    throw new StackError(`The mailbox did not start: ${messageOf(error)}.`)
  }
  return { stop: () => mailbox.stop() }
}
