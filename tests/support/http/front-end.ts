import type { SupabaseClient } from '@supabase/supabase-js'
import type pg from 'pg'
import type { Database } from '../../../types/database.ts'
import { emptying } from '../database/database-pool.ts'
import { type MailCatcher, startMailCatcher } from '../stack/mail-catcher.ts'
import type { TestGateway, TestGatewayOptions } from './gateway.ts'
import type { Line } from './line.ts'
import { startServed } from './served.ts'

/** The whole project over HTTP, as a front end meets it, on a database of a suite's own. */
export interface FrontEnd extends AsyncDisposable {
  gateway: TestGateway
  mails: MailCatcher
  /** A session of `postgres`, for what no client may do. */
  server: pg.Client
  /** Another browser: a client that nobody is signed in with. */
  connect(): SupabaseClient<Database>
  newAddress(): string
  /** Somebody who has just signed up, over a line of their own where one is given. */
  signUp(name: string, line?: Line): Promise<Person>
  /** A workspace of somebody's, with other people in it by role. */
  createWorkspace(owner: Person, members?: Record<string, Person>): Promise<string>
}

export interface Person {
  supabase: SupabaseClient<Database>
  id: string
  email: string
}

/** That of all suites of this process that ask for nothing special: a session is slow where it does something first. */
let common: Promise<FrontEnd> | undefined

/**
 * The project as other suites of this process have it too, one after the other: each finds it without a workspace or an
 * account, and leaves it so.
 */
export async function borrowFrontEnd(): Promise<FrontEnd> {
  common ??= startFrontEnd()
  const frontEnd = await common
  return {
    ...frontEnd,
    async [Symbol.asyncDispose]() {
      // Everybody has the same address, whose calls are counted.
      await frontEnd.server.query(`${emptying}; delete from private.rate_limit_buckets`)
    },
  }
}

/** The password of everybody, unless they choose another one. */
export const password = 'correct horse battery'

export async function startFrontEnd(options: TestGatewayOptions = {}): Promise<FrontEnd> {
  const mails = await startMailCatcher()
  const served = await startServed('migrated', { smtpPort: mails.port, ...options })
  const { gateway, sql: server, connect } = served
  let people = 0
  const newAddress = () => `person${++people}@example.com`

  return {
    gateway,
    mails,
    server,
    connect: () => connect(),
    newAddress,
    async signUp(name, line) {
      const supabase = connect({}, line?.url)
      const email = newAddress()
      const { data, error } = await supabase.auth.signUp({ email, password, options: { data: { name } } })
      if (error || !data.user) throw error ?? new Error('The sign-up gave no account.')
      return { supabase, id: data.user.id, email }
    },
    async createWorkspace({ supabase }, members = {}) {
      const { data, error } = await supabase.rpc('create_workspace', { name: 'Studio' })
      if (error) throw error
      for (const [role, { id }] of Object.entries(members))
        await server.query(
          'insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, $3)',
          [data.id, id, role],
        )
      return data.id
    },
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]()
      await mails.close()
    },
  }
}
