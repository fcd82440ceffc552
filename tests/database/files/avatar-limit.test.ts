/*
 * How many pictures a person has: twenty, and one of them can always be replaced.
 */
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { putAvatar } from '../../support/people/account.ts'
import { admin, ids, member } from '../../support/people/cast.ts'

const story = policySuite()

const put = (client: pg.Client, actor: typeof member, name: string) =>
  actAs(client, actor, "insert into storage.objects (bucket_id, name) values ('avatars', $1)", [name])

async function fill(client: pg.Client, folder: string, files: number): Promise<void> {
  for (let number = 1; number <= files; number++) await putAvatar(client, `${folder}/${number}.png`)
}

describe('a person', () => {
  it(
    'has room for the twentieth picture and not for the next',
    story(async (client) => {
      await fill(client, ids.member, 19)
      expect((await put(client, member, `${ids.member}/20.png`)).rowCount).toBe(1)
      await expect(put(client, member, `${ids.member}/21.png`)).rejects.toMatchObject({ code: '42501' })
      const { rows } = await client.query('select count(*)::int from storage.objects')
      expect(rows).toEqual([{ count: 20 }])
    }),
  )

  it(
    'replaces one of twenty, and has room again when one is gone',
    story(async (client) => {
      await fill(client, ids.member, 20)
      const replaced = await actAs(
        client,
        member,
        `insert into storage.objects (bucket_id, name, version) values ('avatars', $1, 'v2')
         on conflict (bucket_id, name) do update set version = excluded.version`,
        [`${ids.member}/20.png`],
      )
      expect(replaced.rowCount).toBe(1)
      await client.query("update storage.objects set bucket_id = null where name like '%/20.png'")
      expect((await put(client, member, `${ids.member}/21.png`)).rowCount).toBe(1)
    }),
  )

  it(
    'is not counted by the pictures of others',
    story(async (client) => {
      // Their folders come before and after the person's own.
      for (const folder of [ids.admin, ids.viewer]) await fill(client, folder, 20)
      expect((await put(client, member, `${ids.member}/1.png`)).rowCount).toBe(1)
      await expect(put(client, admin, `${ids.admin}/21.png`)).rejects.toMatchObject({ code: '42501' })
    }),
  )
})

it(
  'the limit holds for whoever writes, since nobody is asked again when a signed URL is used',
  story(async (client) => {
    await fill(client, ids.member, 20)
    await expect(putAvatar(client, `${ids.member}/21.png`)).rejects.toMatchObject({ code: '42501' })
  }),
)
