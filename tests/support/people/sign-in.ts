import type { SupabaseClient } from '@supabase/supabase-js'
import type pg from 'pg'
import type { TestGateway } from '../http/gateway.ts'

const password = 'correct horse battery'

/** Gives every account a password, as a sign-up would have; `client` is `postgres`. */
export async function letEveryoneSignIn(client: pg.Client): Promise<void> {
  // Auth expects times, and empty strings, not null, where no token is pending.
  await client.query(
    `update auth.users set aud = 'authenticated', role = 'authenticated', email_confirmed_at = now(),
       instance_id = '00000000-0000-0000-0000-000000000000', confirmation_token = '', recovery_token = '',
       email_change = '', email_change_token_new = '', created_at = now(), updated_at = now(),
       encrypted_password = extensions.crypt($1, extensions.gen_salt('bf', 4))`,
    [password],
  )
  await client.query(`
    insert into auth.identities (provider_id, user_id, provider, identity_data, created_at, updated_at)
    select id::text, id, 'email', jsonb_build_object('sub', id, 'email', email), now(), now() from auth.users`)
}

/** A client that is signed in as somebody of the cast. */
export async function signIn(gateway: TestGateway, name: string): Promise<SupabaseClient> {
  const client = gateway.client()
  const { error } = await client.auth.signInWithPassword({ email: `${name}@example.com`, password })
  if (error) throw error
  return client
}
