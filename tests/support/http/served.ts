import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import pg from 'pg'
import type { Database } from '../../../types/database.ts'
import { createDatabase, type TestDatabase, type TestTemplate } from '../stack/database.ts'
import { checkedFetch } from './checked-fetch.ts'
import { startTestGateway, type TestGateway, type TestGatewayOptions } from './gateway.ts'

/** A database of a suite's own, served over HTTP. */
export interface Served extends AsyncDisposable {
  database: TestDatabase
  gateway: TestGateway
  /** A session of `postgres`, for what no client may do. */
  sql: pg.Client
  /** Another browser: a client that nobody is signed in with. */
  connect(headers?: Record<string, string>, url?: string): SupabaseClient<Database>
}

export async function startServed(
  template: TestTemplate = 'migrated',
  options: TestGatewayOptions = {},
): Promise<Served> {
  const database = await createDatabase(template)
  const gateway = await startTestGateway(database, options)
  const sql = new pg.Client({ connectionString: database.url('postgres'), pipeline: true })
  await sql.connect()
  return {
    database,
    gateway,
    sql,
    connect: (headers = {}, url = gateway.url) =>
      createClient<Database>(url, gateway.publishableKey, {
        auth: { persistSession: false, autoRefreshToken: false },
        realtime: { reconnectAfterMs: () => 50 },
        global: { headers, fetch: checkedFetch },
      }),
    async [Symbol.asyncDispose]() {
      await sql.end()
      await gateway.close()
      await database.drop()
    },
  }
}
