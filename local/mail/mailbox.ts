import { MailDev } from 'maildev'
import { messageOf, StackError } from '../stack-error.ts'

/** A running mailbox: it takes every mail that the stack sends and shows it on a web page. */
export interface Mailbox {
  stop(): Promise<void>
}

const keptMails = 500

/** Starts the mail catcher on local ports: SMTP for the stack, the web page for people. */
export async function startMailbox(ports: { web: number; smtp: number }): Promise<Mailbox> {
  const mailbox = new MailDev({
    smtp: ports.smtp,
    web: ports.web,
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
