import { MailDev } from 'maildev'
import { freePorts } from '../../../local/stack/index.ts'

/** A mail as it was received. */
export interface CaughtMail {
  subject: string
  html: string
  /** The link in the mail's HTML, as a browser would follow it. */
  link: string
  /** The code that can be typed instead. */
  code: string
}

/** A real SMTP server of a suite's own. */
export interface MailCatcher {
  port: number
  /** The mails to an address, the first sent first. */
  mailsTo(address: string): Promise<CaughtMail[]>
  /** The last mail to an address; throws where there is none. */
  lastMailTo(address: string): Promise<CaughtMail>
  close(): Promise<void>
}

export async function startMailCatcher(): Promise<MailCatcher> {
  const [port = 0] = await freePorts(1)
  const mailDev = new MailDev({ smtp: port, ip: '127.0.0.1', disableWeb: true, silent: true })
  const { storage } = await mailDev.start()
  const mailsTo = async (address: string) => {
    const mails = await storage.getAll()
    return mails
      .filter(({ to }) => to.some((recipient) => recipient.address === address))
      .sort((a, b) => a.time.getTime() - b.time.getTime())
      .map(({ subject, html = '' }) => ({
        subject,
        html,
        link: (/href="([^"]+)"/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&'),
        code: /<strong>(\d+)<\/strong>/.exec(html)?.[1] ?? '',
      }))
  }
  return {
    port,
    mailsTo,
    async lastMailTo(address) {
      const mail = (await mailsTo(address)).at(-1)
      if (!mail) throw new Error(`No mail to ${address} has arrived.`)
      return mail
    },
    close: () => mailDev.stop(),
  }
}
