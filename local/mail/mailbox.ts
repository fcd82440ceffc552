import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { APIServer } from '@maildev/api'
import { messageOf, StackError } from '../stack/index.ts'
import { openHttpDoor } from './http-door.ts'

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

/** Starts the mail catcher on local ports: SMTP and HTTP for the stack, the web page for people. */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  // Loaded here and not above: it takes the better part of a second, in which the rest can start.
  const [{ MailDev }, { createAPIServer }, { registerUI }] = await Promise.all([
    import('maildev'),
    import('@maildev/api'),
    import('@maildev/ui/server'),
  ])
  const mailDev = new MailDev({
    smtp: options.smtpPort,
    ip: '127.0.0.1',
    mailDirectory: options.directory,
    maxEmails: keptMails,
    disableWeb: true,
    silent: true,
  })
  try {
    const { storage, smtp } = await mailDev.start()
    const web = createAPIServer({
      port: options.webPort,
      host: '127.0.0.1',
      storage,
      smtp,
      // Mails carry links that sign in: no page of another origin reads them.
      cors: { origin: false, credentials: false },
    })
    await web.registerPlugins()
    nameRealPort(web, options.smtpPort)
    openHttpDoor(web, options.smtpPort)
    await registerUI(web.server)
    await web.listen()
    return {
      stop: async () => {
        await web.stop()
        await mailDev.stop()
      },
    }
  } catch (error) {
    await mailDev.stop()
    throw new StackError(`The mailbox did not start: ${messageOf(error)}.`)
  }
}

/** The page and what it asks for name the port that maildev has by default, whichever it listens on. */
function nameRealPort(web: APIServer, smtpPort: number): void {
  web.server.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload === 'string' && request.url === '/api/config')
      return payload.replace('"smtpPort":1025', `"smtpPort":${smtpPort}`)
    const isScript = String(reply.getHeader('content-type')).includes('javascript')
    if (!isScript || !(payload instanceof Readable)) return payload
    const script = (await text(payload)).replace('localhost:1025', `127.0.0.1:${smtpPort}`)
    reply.header('content-length', Buffer.byteLength(script))
    return script
  })
}
