import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { leave, putAvatar } from '../../support/people/account.ts'
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
