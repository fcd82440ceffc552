import type pg from 'pg'
import { expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { putAvatar } from '../../support/people/account.ts'
import { ids, member } from '../../support/people/cast.ts'

const story = policySuite()
const mine = `${ids.member}/me.png`
const older = `${ids.member}/old.png`

const remove = async (client: pg.Client, path: string) => {
  // What the Storage API says of itself before it deletes a row.
  await client.query("select set_config('storage.allow_delete_query', 'true', true)")
  await actAs(client, member, 'delete from storage.objects where name = $1', [path])
}

const chosen = async (client: pg.Client) =>
  (await client.query('select avatar_path from public.profiles where id = $1', [ids.member])).rows[0]
    ?.avatar_path

const choosing = (tell: (client: pg.Client) => Promise<void>) =>
  story(async (client) => {
    await putAvatar(client, mine)
    await putAvatar(client, older)
    await actAs(client, member, 'update public.profiles set avatar_path = $1 where id = $2', [
      mine,
      ids.member,
    ])
    await tell(client)
  })

it(
  'a picture that is removed is in the profile no more',
  choosing(async (client) => {
    await remove(client, mine)
    expect(await chosen(client)).toBeNull()
  }),
)

it(
  'a picture that is moved is in the profile no more',
  choosing(async (client) => {
    await actAs(client, member, 'update storage.objects set name = $1 where name = $2', [
      `${ids.member}/new.png`,
      mine,
    ])
    expect(await chosen(client)).toBeNull()
  }),
)

it(
  'another picture that is removed, or this one written again, changes nothing',
  choosing(async (client) => {
    await remove(client, older)
    await actAs(client, member, 'update storage.objects set metadata = $1 where name = $2', [
      { size: 6 },
      mine,
    ])
    expect(await chosen(client)).toBe(mine)
  }),
)

it(
  'a file in no folder of a person, or of another bucket, is nobody’s picture',
  choosing(async (client) => {
    await client.query("insert into storage.buckets (id, name) values ('other', 'other')")
    await client.query(
      "insert into storage.objects (bucket_id, name) values ('other', $1), ('avatars', 'lost.png')",
      [mine],
    )
    await client.query("select set_config('storage.allow_delete_query', 'true', true)")
    await client.query("delete from storage.objects where bucket_id = 'other' or name = 'lost.png'")
    expect(await chosen(client)).toBe(mine)
  }),
)
