import type pg from 'pg'
import { expect } from 'vitest'
import { type Actor, actAs, clientError } from '../database/act.ts'

/** Deletes the account of an actor. */
export const leave = (client: pg.Client, actor: Actor) =>
  actAs(client, actor, 'select public.delete_my_account()')

/** Puts a file where profile pictures are; as `postgres`. */
export async function putAvatar(client: pg.Client, path: string): Promise<void> {
  await client.query(
    `insert into storage.objects (bucket_id, name, metadata)
     values ('avatars', $1, '{"size": 5, "mimetype": "image/png"}')`,
    [path],
  )
}

/** What Auth does to an account that is deleted with `shouldSoftDelete`; as `postgres`. */
export async function softDelete(client: pg.Client, id: string): Promise<void> {
  await client.query('savepoint soft_delete')
  try {
    await client.query(
      `update auth.users
       set email = encode(sha256(id::text::bytea), 'hex'), raw_user_meta_data = '{}', deleted_at = now()
       where id = $1`,
      [id],
    )
  } catch (error) {
    await client.query('rollback to savepoint soft_delete')
    throw error
  }
}

/** Holds that a token finds nothing once its account is gone: in no table, with no function. */
export async function expectNothingFor(client: pg.Client, actor: Actor): Promise<void> {
  for (const call of [
    'session_context()',
    'export_my_data()',
    'delete_my_account()',
    "create_workspace('x')",
  ])
    expect(await clientError(actAs(client, actor, `select public.${call}`))).toMatchObject({
      status: 401,
      code: 'not_signed_in',
    })
  const { rows: tables } = await client.query<{ name: string }>(`
    select c.oid::regclass::text as name
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
      and not c.relispartition and has_any_column_privilege('authenticated', c.oid, 'select')
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('workspace_id', 'user_id'))`)
  for (const { name } of [...tables, { name: 'public.profiles' }, { name: 'public.workspaces' }])
    expect((await actAs(client, actor, `select 1 from ${name}`)).rowCount, name).toBe(0)
}
