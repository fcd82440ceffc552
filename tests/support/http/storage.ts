import { readdirSync } from 'node:fs'
import type { SupabaseClient } from '@supabase/supabase-js'
import type pg from 'pg'
import { type ProjectConfig, readProject } from '../../../local/config/index.ts'
import { ensureBuckets } from '../../../local/migrations/index.ts'
import type { TestDatabase } from '../stack/database.ts'
import type { TestGateway } from './gateway.ts'
import { startServed } from './served.ts'

/** Somebody who is signed in. */
export interface Person {
  id: string
  token: string
  client: SupabaseClient
}

/**
 * Storage over a database of a suite's own: `pictures` is public and holds images of 64 bytes at most, `papers`
 * is private and holds anything. A person has the folder of their id; what lies in `shared/` is read by
 * everybody who is signed in.
 */
export interface TestStorage extends AsyncDisposable {
  config: ProjectConfig
  database: TestDatabase
  gateway: TestGateway
  /** A session of `postgres`. */
  sql: pg.Client
  alice: Person
  bob: Person
  /** Storage with the secret key. */
  service(): SupabaseClient['storage']
  /** A plain request below `/storage/v1`. */
  request(path: string, init?: RequestInit): Promise<Response>
  headersOf(person: Person): Record<string, string>
  /** The names of the files on disk. */
  storedVersions(): string[]
}

const policies = `
  create policy own_select on storage.objects for select to authenticated
    using ((storage.foldername(name))[1] in ((select auth.uid())::text, 'shared'));
  create policy own_insert on storage.objects for insert to authenticated
    with check ((storage.foldername(name))[1] = (select auth.uid())::text and owner_id = (select auth.uid())::text);
  create policy own_update on storage.objects for update to authenticated
    using ((storage.foldername(name))[1] = (select auth.uid())::text)
    with check ((storage.foldername(name))[1] = (select auth.uid())::text);
  create policy own_delete on storage.objects for delete to authenticated
    using ((storage.foldername(name))[1] = (select auth.uid())::text)`

export async function startStorage(): Promise<TestStorage> {
  const config = readProject(`${import.meta.dirname}/../../..`)
  config.storage.buckets = {
    pictures: { public: true, file_size_limit: 64, allowed_mime_types: ['image/*'] },
    papers: { public: false },
  }
  const served = await startServed('platform')
  const { database, gateway, sql } = served
  await ensureBuckets(config, database.url('supabase_storage_admin'))
  await sql.query(policies)

  return {
    config,
    database,
    gateway,
    sql,
    alice: await signUp(gateway, 'alice@example.com'),
    bob: await signUp(gateway, 'bob@example.com'),
    service: () => gateway.adminClient().storage,
    request: (path, init) => fetch(`${gateway.url}/storage/v1${path}`, init),
    headersOf: ({ token }) => ({ apikey: gateway.publishableKey, authorization: `Bearer ${token}` }),
    storedVersions: () =>
      readdirSync(gateway.storageDirectory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  }
}

/** The private bucket, as a client sees it. */
export function papers({ client }: { client: SupabaseClient }) {
  return client.storage.from('papers')
}

async function signUp(gateway: TestGateway, email: string): Promise<Person> {
  const client = gateway.client()
  const { data, error } = await client.auth.signUp({ email, password: 'correct-horse-1' })
  if (error || !data.user || !data.session) throw error ?? new Error('no session')
  return { id: data.user.id, token: data.session.access_token, client }
}
