import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { importJWK, SignJWT } from 'jose'
import { inject } from 'vitest'
import { openSession, type Session } from '../database/session.ts'
import { createDatabase } from '../stack/database.ts'
import { startTestGateway, type TestGateway } from './gateway.ts'

/** The Data API over a database of the suite's own, and a session of `postgres` behind its back. */
export interface DataApi extends AsyncDisposable {
  gateway: TestGateway
  database: Session
  /** A plain request below `/rest/v1`, anonymous unless the headers say otherwise. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** What a request for a path answers. */
  read(path: string): Promise<{ status: number; body: unknown }>
  /** The rows of a successful answer. */
  rows(path: string): Promise<unknown>
  /** A client with an access token of these claims; the role is `authenticated` unless they say otherwise. */
  userClient(claims?: Record<string, unknown>): Promise<SupabaseClient>
  /** Runs SQL and waits until the API knows its tables and functions. */
  migrate(sql: string): Promise<void>
}

/** Starts the Data API over what `schema` makes; `schema` runs as `postgres`. */
export async function startDataApi(schema: string): Promise<DataApi> {
  const copy = await createDatabase('platform')
  const database = await openSession(copy.url('postgres'))
  await database.query(schema)
  const gateway = await startTestGateway(copy)
  const { url, publishableKey } = gateway
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}/rest/v1${path}`, {
      ...init,
      headers: { apikey: publishableKey, 'content-type': 'application/json', ...init.headers },
    })
  const read = async (path: string) => {
    const response = await request(path)
    return { status: response.status, body: await response.json() }
  }
  let migrations = 0

  return {
    gateway,
    database,
    request,
    read,
    async rows(path) {
      const { status, body } = await read(path)
      if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
      return body
    },
    async userClient(claims = {}) {
      const token = await signToken(claims)
      return createClient(url, publishableKey, {
        accessToken: async () => token,
        auth: { persistSession: false, autoRefreshToken: false },
      })
    },
    async migrate(sql) {
      const probe = `probe_${++migrations}`
      // Tables are what a reload reads first: once the probe is known, so is all else that the migration made.
      await database.query(`${sql}; create table public.${probe} ()`)
      await database.query("notify pgrst, 'reload schema'")
      await until(async () => (await request(`/${probe}`)).status !== 404)
    },
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await database[Symbol.asyncDispose]()
      await copy.drop()
    },
  }
}

/** An access token as Auth signs it, or another key that counts, valid for a minute unless the claims say otherwise. */
export async function signToken(
  claims: Record<string, unknown> = {},
  key = inject('keys').jwtSigningKey,
): Promise<string> {
  return new SignJWT({ role: 'authenticated', exp: Math.floor(Date.now() / 1000) + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid ?? '' })
    .sign(await importJWK(key, 'ES256'))
}

/** Waits for something that comes by itself, ten seconds at most. */
export async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error('What was waited for did not come')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
