import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMailbox } from '../../../local/mail/index.ts'
import { freePorts } from '../../../local/stack/index.ts'

/** A mail as it lies in the mailbox. */
export interface ReceivedMail {
  id: string
  subject: string
  html: string
  text: string
  to: { address: string }[]
}

/** The stack's mailbox, with its door for HTTP. */
export interface TestMailbox extends AsyncDisposable {
  /** Where a function sends mails to. */
  url: string
  mailsTo(address: string): Promise<ReceivedMail[]>
  /** The headers of a mail as they were sent, each in one line. */
  headersOf(mail: ReceivedMail | undefined): Promise<string>
}

export async function openMailbox(): Promise<TestMailbox> {
  const directory = mkdtempSync(join(tmpdir(), 'mailbox-'))
  const [webPort = 0, smtpPort = 0] = await freePorts(2)
  const mailbox = await startMailbox({ webPort, smtpPort, directory })
  const url = `http://127.0.0.1:${webPort}`
  return {
    url,
    async mailsTo(address) {
      const mails = (await (await fetch(`${url}/api/email`)).json()) as ReceivedMail[]
      return mails.filter(({ to }) => to.some((recipient) => recipient.address === address))
    },
    async headersOf(mail) {
      const source = await (await fetch(`${url}/api/email/${mail?.id}/source`)).text()
      return (source.split(/\r?\n\r?\n/)[0] ?? '').replace(/\r?\n[ \t]+/g, ' ')
    },
    async [Symbol.asyncDispose]() {
      await mailbox.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
