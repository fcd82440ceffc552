import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member } from '../../support/people/cast.ts'

const story = policySuite()

const denied = { code: '42501' }
const mine = `${ids.member}/me.png`

describe('writing into the bucket avatars', () => {
  it(
    'lets people put, see, replace and rename files in their own folder',
    story(async (client) => {
      const put = await actAs(
        client,
        member,
        "insert into storage.objects (bucket_id, name) values ('avatars', $1)",
        [mine],
      )
      expect(put.rowCount).toBe(1)
      const { rows } = await actAs(
        client,
        member,
        "select name from storage.objects where bucket_id = 'avatars'",
      )
      expect(rows).toEqual([{ name: mine }])
      const renamed = await actAs(client, member, 'update storage.objects set name = $2 where name = $1', [
        mine,
        `${ids.member}/other.png`,
      ])
      expect(renamed.rowCount).toBe(1)
    }),
  )

  it.each<[string, Actor, string, string]>([
    ["another's folder", admin, 'avatars', mine],
    ['no folder', member, 'avatars', 'me.png'],
    ['a folder that only begins like their own', member, 'avatars', `${ids.member}x/me.png`],
    ['a nested folder of their name', member, 'avatars', `public/${ids.member}/me.png`],
    [
      'an upper-case twin of their folder',
      { ...member, sub: '00000000-0000-4000-8000-00000000000a' },
      'avatars',
      '00000000-0000-4000-8000-00000000000A/me.png',
    ],
    ['their folder, anonymously', anonymous, 'avatars', mine],
  ])('denies %s', (_, actor, bucket, name) =>
    story(async (client) => {
      const attempt = actAs(client, actor, 'insert into storage.objects (bucket_id, name) values ($1, $2)', [
        bucket,
        name,
      ])
      await expect(attempt).rejects.toMatchObject(denied)
      expect((await client.query('select from storage.objects')).rowCount).toBe(0)
    })(),
  )

  it(
    "neither takes nor moves files across people's folders",
    story(async (client) => {
      await client.query("insert into storage.objects (bucket_id, name) values ('avatars', $1)", [mine])
      const taken = await actAs(client, admin, 'update storage.objects set name = $1', [
        `${ids.admin}/me.png`,
      ])
      expect(taken.rowCount).toBe(0)
      const moved = actAs(client, member, 'update storage.objects set name = $1', [`${ids.admin}/me.png`])
      await expect(moved).rejects.toMatchObject(denied)
      expect((await client.query('select name from storage.objects')).rows).toEqual([{ name: mine }])
    }),
  )

  it(
    'renames nothing with the token of an account that is gone',
    story(async (client) => {
      await client.query("insert into storage.objects (bucket_id, name) values ('avatars', $1)", [mine])
      await client.query('delete from public.profiles where id = $1', [ids.member])
      const renamed = actAs(client, member, 'update storage.objects set name = $1', [
        `${ids.member}/other.png`,
      ])
      await expect(renamed).rejects.toMatchObject(denied)
      expect((await client.query('select name from storage.objects')).rows).toEqual([{ name: mine }])
    }),
  )

  it(
    'opens no other bucket, whatever is asked of a file there',
    story(async (client) => {
      await client.query("insert into storage.buckets (id, name) values ('other', 'other')")
      await client.query(
        "insert into storage.objects (bucket_id, name) values ('other', $1), ('avatars', $1)",
        [mine],
      )
      // What the Storage API says of itself before it deletes a row.
      await client.query("select set_config('storage.allow_delete_query', 'true', true)")
      const put = "insert into storage.objects (bucket_id, name) values ('other', $1)"
      const attempt = (sql: string, ...values: string[]) => actAs(client, member, sql, values)
      await expect(attempt(put, `${ids.member}/new.png`)).rejects.toMatchObject(denied)
      await expect(attempt("update storage.objects set bucket_id = 'other'")).rejects.toMatchObject(denied)
      // Without a condition, so that what may be read does not narrow what is written.
      for (const sql of [
        'select from storage.objects',
        "update storage.objects set version = 'v2'",
        'delete from storage.objects',
      ])
        expect((await attempt(sql)).rowCount, sql).toBe(1)
      const { rows } = await client.query('select bucket_id, version from storage.objects')
      expect(rows).toEqual([{ bucket_id: 'other', version: null }])
    }),
  )

  it(
    'deletes nothing of others',
    story(async (client) => {
      await client.query("insert into storage.objects (bucket_id, name) values ('avatars', $1)", [mine])
      await client.query("select set_config('storage.allow_delete_query', 'true', true)")
      expect((await actAs(client, admin, 'delete from storage.objects')).rowCount).toBe(0)
      expect((await actAs(client, member, 'delete from storage.objects')).rowCount).toBe(1)
    }),
  )

  it(
    'hides the folders of others from a listing',
    story(async (client) => {
      await client.query("insert into storage.objects (bucket_id, name) values ('avatars', $1)", [mine])
      expect((await actAs(client, admin, 'select from storage.objects')).rowCount).toBe(0)
    }),
  )
})

it(
  'the export of one’s data tells what lies in one’s own folder of this bucket, and nothing of another bucket',
  story(async (client) => {
    await client.query("insert into storage.buckets (id, name) values ('other', 'other')")
    await client.query(
      "insert into storage.objects (bucket_id, name) values ('avatars', $1), ('avatars', $2), ('other', $1)",
      [mine, `${ids.admin}/me.png`],
    )
    expect(await call(client, member, 'export_my_data', ['files'])).toMatchObject({
      rows: [{ bucket: 'avatars', path: mine }],
    })
  }),
)

it(
  'the bucket is public, small and for pictures',
  story(async (client) => {
    const { rows } = await client.query(
      "select id, public, file_size_limit, allowed_mime_types from storage.buckets where id = 'avatars'",
    )
    expect(rows).toEqual([
      {
        id: 'avatars',
        public: true,
        file_size_limit: '2097152',
        allowed_mime_types: ['image/png', 'image/jpeg', 'image/webp', 'image/gif'],
      },
    ])
  }),
)
