import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { channelRights } from '../../support/database/messages.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids, ours } from '../../support/people/cast.ts'

// What ends with a ban of Auth at once. What does not is in docs/operations.md.

const story = policySuite()

const ban = (client: pg.Client, id: string, until: string) =>
  client.query('update auth.users set banned_until = now() + $2::interval where id = $1', [id, until])
const sessionsOf = async (client: pg.Client, id: string) =>
  (await client.query('select from auth.sessions where user_id = $1', [id])).rowCount

describe('an account that is banned', () => {
  it(
    'has no session left, and others keep theirs',
    story(async (client) => {
      for (const id of [ids.member, ids.admin])
        await client.query(
          'insert into auth.sessions (id, user_id, created_at, updated_at) values (gen_random_uuid(), $1, now(), now())',
          [id],
        )
      // A ban that is over ends nothing.
      await ban(client, ids.member, '-1 hour')
      expect(await sessionsOf(client, ids.member)).toBe(1)
      await ban(client, ids.member, '1 hour')
      expect([await sessionsOf(client, ids.member), await sessionsOf(client, ids.admin)]).toEqual([0, 1])
    }),
  )

  it(
    'joins neither its own channel nor that of a workspace, until the ban is over',
    story(async (client) => {
      const joins = async () => {
        const joined = []
        for (const topic of [`user:${ids.member}`, `workspace:${ours}`]) {
          const { reads, isPresent } = await channelRights(client, ids.member, topic)
          joined.push([reads.length > 0, isPresent])
        }
        return joined
      }
      const before = await joins()
      expect(before).toEqual([
        [true, false],
        [true, true],
      ])
      await ban(client, ids.member, '1 hour')
      expect(await joins()).toEqual([
        [false, false],
        [false, false],
      ])
      expect((await channelRights(client, ids.viewer, `workspace:${ours}`)).isPresent).toBe(true)
      await ban(client, ids.member, '-1 hour')
      expect(await joins()).toEqual(before)
    }),
  )
})
