import type pg from 'pg'
import { type Actor, actAs } from '../database/act.ts'

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
