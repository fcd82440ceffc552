import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { APIServer } from '@maildev/api'
import { freePorts, messageOf, StackError } from '../stack/index.ts'
import { openOnDemand } from './on-demand.ts'

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

/**
 * Opens the ports of the mail catcher: SMTP and HTTP for the stack, the web page for people. What serves them loads
 * with the first connection: it takes a second and a half and sixty megabytes, and most runs of a stack send no mail.
 */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  let catcher: Promise<Catcher> | undefined
  const started = () => {
    catcher ??= startCatcher(options).catch((error) => {
      // With the next mail it is tried again.
      catcher = undefined
      throw error
    })
    return catcher
  }
  const failed = (error: unknown) => console.error(messageOf(error))
  await using opened = new AsyncDisposableStack()
  for (const [port, kind] of [
    [options.smtpPort, 'smtpPort'],
    [options.webPort, 'webPort'],
  ] as const) {
    const { stop } = await openOnDemand(port, async () => (await started())[kind], failed)
    opened.defer(stop)
  }
  const all = opened.move()
  return {
    async stop() {
      await all.disposeAsync()
      await (await catcher?.catch(() => undefined))?.stop()
    },
  }
}

/** What catches mails, behind the ports that people know, on two that nobody does. */
interface Catcher extends Mailbox {
  smtpPort: number
  webPort: number
}

async function startCatcher(options: MailboxOptions): Promise<Catcher> {
  const [{ openHttpDoor }, { MailDev }, { createAPIServer }, { registerUI }] = await Promise.all([
    import('./http-door.ts'),
    import('maildev'),
    import('@maildev/api'),
    import('@maildev/ui/server'),
  ])
  const [smtpPort = 0, webPort = 0] = await freePorts(2)
  const mailDev = new MailDev({
    smtp: smtpPort,
    ip: '127.0.0.1',
    mailDirectory: options.directory,
    maxEmails: keptMails,
    disableWeb: true,
    silent: true,
  })
  try {
    const { storage, smtp } = await mailDev.start()
    const web = createAPIServer({
      port: webPort,
      host: '127.0.0.1',
      storage,
      smtp,
      // Mails carry links that sign in: no page of another origin reads them.
      cors: { origin: false, credentials: false },
    })
    await web.registerPlugins()
    nameRealPort(web, options.smtpPort)
    openHttpDoor(web, smtpPort)
    await registerUI(web.server)
    // Not web.listen(), which says on the terminal a port that nobody is to use.
    await web.server.listen({ port: webPort, host: '127.0.0.1' })
    return {
      smtpPort,
      webPort,
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
