import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { readBy } from '../../support/database/read-by.ts'
import { leave, putAvatar, softDelete } from '../../support/people/account.ts'
import { admin, ids, member } from '../../support/people/cast.ts'

const story = policySuite()

const removals = async (client: pg.Client) =>
  (await client.query('select method, url, headers from net.http_request_queue order by id')).rows

const setSecrets = (client: pg.Client) =>
  client.query(
    "select vault.create_secret('https://project.test/', 'project_url'), vault.create_secret('s3cret', 'secret_key')",
  )

describe('the pictures of somebody who is gone', () => {
  it(
    'are removed through the Storage API, and no others',
    story(async (client) => {
      await setSecrets(client)
      await putAvatar(client, `${ids.member}/me & you.png`)
      await putAvatar(client, `${ids.viewer}/me.png`)
      await leave(client, member)
      expect(await removals(client)).toEqual([
        {
          method: 'DELETE',
          url: `https://project.test/storage/v1/object/avatars/${ids.member}/me%20%26%20you.png`,
          headers: { apikey: 's3cret' },
        },
      ])
    }),
  )

  it(
    'are asked for again until they are gone, whoever deleted the account',
    story(async (client) => {
      await putAvatar(client, `${ids.member}/me.png`)
      await client.query('delete from auth.users where id = $1', [ids.member])
      await client.query('select private.remove_orphaned_avatars()')
      expect(await removals(client)).toEqual([])
      await setSecrets(client)
      await client.query('select private.remove_orphaned_avatars()')
      await client.query('select private.remove_orphaned_avatars()')
      expect(await removals(client)).toHaveLength(2)
    }),
  )

  it(
    'are looked for among the next thousand of all, and at once where somebody deletes their account',
    story(async (client) => {
      await setSecrets(client)
      await client.query(
        `insert into storage.objects (bucket_id, name)
         select 'avatars', '00000000-0000-4000-8000-' || lpad(n::text, 12, '0') || '/me.png'
         from generate_series(100, 1099) as n`,
      )
      await putAvatar(client, 'ffffffff-ffff-4fff-bfff-ffffffffffff/me.png')
      await putAvatar(client, `${ids.viewer}/me.png`)
      const asked = async () => {
        await client.query('select private.remove_orphaned_avatars()')
        return (await client.query('delete from net.http_request_queue')).rowCount
      }
      // One of them is there for somebody.
      expect([await asked(), await asked(), await asked()]).toEqual([999, 2, 999])
      await putAvatar(client, `${ids.member}/me.png`)
      await leave(client, member)
      expect((await removals(client)).map(({ url }) => url)).toEqual([
        `https://project.test/storage/v1/object/avatars/${ids.member}/me.png`,
      ])
    }),
  )

  it(
    'are asked for at once, by whatever hand the account ends',
    story(async (client) => {
      await setSecrets(client)
      const people = [ids.member, ids.viewer]
      for (const id of people) await putAvatar(client, `${id}/me.png`)
      await client.query('delete from auth.users where id = $1', [ids.member])
      await softDelete(client, ids.viewer)
      expect((await removals(client)).map(({ url }) => url)).toEqual(
        people.map((id) => `https://project.test/storage/v1/object/avatars/${id}/me.png`),
      )
    }),
  )

  it(
    'are told by the folder, which is no account in another spelling, nor where it is none at all',
    story(async (client) => {
      await setSecrets(client)
      const names = [`${ids.viewer}/me.png`, `{${ids.viewer}}/me.png`, 'ü/me.png', 'root.png']
      for (const name of names) await putAvatar(client, name)
      await client.query('select private.remove_orphaned_avatars()')
      expect(await removals(client)).toHaveLength(3)
    }),
  )

  it(
    'are told by the key of profiles, so that no run reads all of these',
    story(async (client) => {
      await client.query('set local enable_seqscan = off')
      const { rows } = await client.query('select count(*)::integer as people from public.profiles')
      expect(rows[0].people).toBeGreaterThan(3)
      await putAvatar(client, `${ids.viewer}/me.png`)
      expect(await readBy(client, 'profiles', 'select private.remove_orphaned_avatars()')).toBe(1)
    }),
  )

  it(
    'are looked for by schedule',
    story(async (client) => {
      const { rows } = await client.query(
        "select schedule, command, username from cron.job where jobname = 'remove-orphaned-avatars'",
      )
      expect(rows).toEqual([
        {
          schedule: '*/15 * * * *',
          command: 'select private.remove_orphaned_avatars()',
          username: 'postgres',
        },
      ])
    }),
  )

  it(
    'cannot be asked for by a client',
    story(async (client) => {
      const attempt = actAs(client, admin, 'select private.remove_orphaned_avatars()')
      await expect(attempt).rejects.toMatchObject({ code: '42501' })
    }),
  )
})
