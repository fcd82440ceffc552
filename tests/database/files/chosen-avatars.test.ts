import type pg from 'pg'
import { expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { overlap } from '../../support/database/overlap.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { putAvatar } from '../../support/people/account.ts'
import { createCast, ids, member } from '../../support/people/cast.ts'

const story = policySuite()
const mine = `${ids.member}/me.png`
const older = `${ids.member}/old.png`

const remove = async (client: pg.Client, path: string) => {
  // What the Storage API says of itself before it deletes a row.
  await client.query("select set_config('storage.allow_delete_query', 'true', true)")
  await actAs(client, member, 'delete from storage.objects where name = $1', [path])
}

const choose = (client: pg.Client, path: string) =>
  actAs(client, member, 'update public.profiles set avatar_path = $1 where id = $2', [path, ids.member])

const chosen = async (client: pg.Client) =>
  (await client.query('select avatar_path from public.profiles where id = $1', [ids.member])).rows[0]
    ?.avatar_path

const choosing = (tell: (client: pg.Client) => Promise<void>) =>
  story(async (client) => {
    await putAvatar(client, mine)
    await putAvatar(client, older)
    await choose(client, mine)
    await tell(client)
  })

it(
  'a picture that is not there is not chosen, in whichever bucket a file has its name',
  choosing(async (client) => {
    await client.query("insert into storage.buckets (id, name) values ('other', 'other')")
    await client.query("insert into storage.objects (bucket_id, name) values ('other', $1)", [
      `${ids.member}/there.png`,
    ])
    for (const name of ['never.png', 'there.png'])
      expect(await clientError(choose(client, `${ids.member}/${name}`))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'avatar_path',
        message: 'There is no such picture.',
      })
    expect(await chosen(client)).toBe(mine)
    await choose(client, older)
    expect(await chosen(client)).toBe(older)
  }),
)

it(
  'a path in the folder of somebody else is refused as such, whether there is a file or not',
  choosing(async (client) => {
    await putAvatar(client, `${ids.admin}/theirs.png`)
    for (const name of ['theirs.png', 'never.png'])
      expect(await clientError(choose(client, `${ids.admin}/${name}`))).toMatchObject({
        details: 'avatar_path',
        message: 'The picture must lie in your own folder.',
      })
  }),
)

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

it('of choosing a picture and removing it at the same moment, neither leaves one that is not there', async () => {
  await using opened = await openDatabase()
  const { observer } = opened
  const sessions = { observer, first: await opened.connect(), second: await opened.connect() }
  await observer.query('begin')
  await createCast(observer)
  await putAvatar(observer, mine)
  await putAvatar(observer, older)
  await observer.query('commit')
  expect(
    await overlap(
      sessions,
      (client) => choose(client, mine),
      (client) => remove(client, mine),
    ),
  ).toEqual(['done', 'done'])
  expect(await chosen(observer)).toBeNull()
  expect(
    await overlap(
      sessions,
      (client) => remove(client, older),
      (client) => choose(client, older),
    ),
  ).toEqual(['done', 'invalid_input'])
  expect(await chosen(observer)).toBeNull()
})

it(
  'the picture of a profile stays where a file of that name is moved elsewhere, or is written as it is',
  story(async (client) => {
    const path = `${ids.member}/me.png`
    await putAvatar(client, path)
    await choose(client, path)
    await client.query("insert into storage.buckets (id, name) values ('another', 'another')")
    await client.query("insert into storage.objects (bucket_id, name) values ('another', $1)", [path])
    await client.query("update storage.objects set name = name || 'x' where bucket_id = 'another'")
    await client.query("update storage.objects set name = name where bucket_id = 'avatars'")
    expect(await chosen(client)).toBe(path)
  }),
)
