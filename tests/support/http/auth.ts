import { join } from 'node:path'
import type { AdminUserAttributes, Session, SupabaseClient, User } from '@supabase/supabase-js'
import type pg from 'pg'
import type { ProjectConfig } from '../../../local/config/index.ts'
import type { TestDatabase } from '../stack/database.ts'
import { type MailCatcher, startMailCatcher } from '../stack/mail-catcher.ts'
import { startTestGateway, type TestGateway } from './gateway.ts'
import { startServed } from './served.ts'

/** The password of everybody, unless they choose another one. */
export const password = 'correct-horse-1'

/** The project's site, where links lead. */
export const site = 'http://127.0.0.1:3000'

/** Auth over a database of a suite's own, with a mail server; addresses count unconfirmed. */
export interface TestAuth extends AsyncDisposable {
  database: TestDatabase
  gateway: TestGateway
  mails: MailCatcher
  /** A session of `postgres`. */
  sql: pg.Client
  /** Another gateway over the same database, configured differently. */
  gatewayWith(configure: (config: ProjectConfig) => void): Promise<TestGateway>
  /** An address that nobody has yet. */
  newAddress(): string
  /** A client of somebody who has just signed up. */
  signUp(data?: Record<string, unknown>): Promise<SignedUp>
  /** A sign-in by a client of its own. */
  signIn(email: string, attempt?: string): ReturnType<SupabaseClient['auth']['signInWithPassword']>
  /** What the secret key may do with accounts. */
  accounts(): SupabaseClient['auth']['admin']
  /** An account that the secret key has made, confirmed unless the attributes say otherwise. */
  createUser(attributes?: AdminUserAttributes): Promise<User & { email: string }>
}

export interface SignedUp {
  client: SupabaseClient
  email: string
  session: Session
  user: User
}

export async function startAuth(): Promise<TestAuth> {
  const mails = await startMailCatcher()
  const served = await startServed('platform', { smtpPort: mails.port, configure: mailCodes })
  const { database, gateway, sql } = served
  const others: TestGateway[] = []
  let people = 0
  const newAddress = () => `person${++people}@example.com`
  const accounts = () => gateway.adminClient().auth.admin

  return {
    database,
    gateway,
    mails,
    sql,
    newAddress,
    accounts,
    async gatewayWith(configure) {
      const another = await startTestGateway(database, {
        smtpPort: mails.port,
        configure: (config) => {
          mailCodes(config)
          configure(config)
        },
      })
      others.push(another)
      return another
    },
    async signUp(metadata = {}) {
      const client = gateway.client()
      const email = newAddress()
      const { data, error } = await client.auth.signUp({ email, password, options: { data: metadata } })
      if (error || !data.session || !data.user) throw error ?? new Error('no session')
      return { client, email, session: data.session, user: data.user }
    },
    signIn: (email, attempt = password) =>
      gateway.client().auth.signInWithPassword({ email, password: attempt }),
    async createUser(attributes = {}) {
      const email = newAddress()
      const { data, error } = await accounts().createUser({
        email,
        password,
        email_confirm: true,
        ...attributes,
      })
      if (error) throw error
      return { ...data.user, email }
    },
    async [Symbol.asyncDispose]() {
      for (const each of others) await each.close()
      await served[Symbol.asyncDispose]()
      await mails.close()
    },
  }
}

/** Mails with a code beside the link, which Auth's own templates do not have. */
export function mailCodes({ auth }: ProjectConfig): void {
  const content_path = join(import.meta.dirname, 'code-mail.html')
  for (const kind of ['confirmation', 'invite', 'magic_link', 'recovery', 'email_change', 'reauthentication'])
    auth.email.template[kind] = { content_path }
}

/** Where a link of a mail leads, with what its fragment says. */
export async function follow(link: string) {
  const response = await fetch(link, { redirect: 'manual' })
  const location = new URL(response.headers.get('location') ?? '')
  return {
    status: response.status,
    location,
    fragment: Object.fromEntries(new URLSearchParams(location.hash.slice(1))),
  }
}
