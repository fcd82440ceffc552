import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { conflictsOf } from '../../support/dashboards/view-calls.ts'
import { makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { overlap } from '../../support/database/overlap.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { admin, createCast, member, viewer } from '../../support/people/cast.ts'

const committed = committedStory()

const rename = (client: pg.Client, actor: Actor, id: string, name: string, version?: number) =>
  actAs(
    client,
    actor,
    `update public.dashboard_views set name = $1${version === undefined ? '' : ', version = $3'} where id = $2`,
    version === undefined ? [name, id] : [name, id, version],
  )

const stored = async (client: pg.Client, id: string) =>
  (await client.query('select name, version::integer from public.dashboard_views where id = $1', [id]))
    .rows[0]

/** A view of the workspace, renamed once since it was made. */
async function renamed(client: pg.Client): Promise<string> {
  const id = await makeView(client, member, { visibility: 'workspace' })
  await commit(client)
  await rename(client, member, id, 'Theirs', 1)
  await commit(client)
  return id
}

describe('a view that is renamed through the table', () => {
  it(
    'takes the version that was read, and refuses an old one with base, theirs and mine',
    committed(async (client) => {
      const id = await renamed(client)
      for (const actor of [admin, service]) {
        const refused = await clientError(rename(client, actor, id, 'Mine', 1))
        expect(refused).toMatchObject({ status: 409, code: 'conflict' })
        expect(conflictsOf({ details: String(refused.details) })).toEqual({
          version: 2,
          conflicts: [{ key: 'name', path: 'name', base: 'A view', theirs: 'Theirs', mine: 'Mine' }],
        })
      }
      expect(await stored(client, id)).toEqual({ name: 'Theirs', version: 2 })
      await rename(client, admin, id, 'Mine', 2)
      expect(await stored(client, id)).toEqual({ name: 'Mine', version: 3 })
    }),
  )

  it(
    'is the last writer’s where no version is named',
    committed(async (client) => {
      const id = await renamed(client)
      await rename(client, admin, id, 'Mine')
      expect(await stored(client, id)).toEqual({ name: 'Mine', version: 3 })
    }),
  )

  it(
    'takes nobody’s number, whatever else is written',
    committed(async (client) => {
      const id = await renamed(client)
      for (const version of [-1, 0, 1, 3, 77])
        expect(await clientError(rename(client, admin, id, 'Theirs', version))).toMatchObject({
          code: 'conflict',
        })
      await rename(client, admin, id, 'Theirs', 2)
      expect(await stored(client, id)).toEqual({ name: 'Theirs', version: 2 })
    }),
  )

  it(
    'tells nothing to who may not change it',
    committed(async (client) => {
      const id = await renamed(client)
      expect((await rename(client, viewer, id, 'Mine', 1)).rowCount).toBe(0)
    }),
  )
})

it('of two who rename at the same moment, the second learns of the first', async () => {
  await using opened = await openDatabase()
  const { observer } = opened
  await observer.query('begin')
  await createCast(observer)
  const id = await makeView(observer, member, { visibility: 'workspace' })
  await observer.query('commit')
  const [first, second] = [await opened.connect(), await opened.connect()]
  expect(
    await overlap(
      { observer, first, second },
      (client) => rename(client, member, id, 'Theirs', 1),
      (client) => rename(client, admin, id, 'Mine', 1),
    ),
  ).toEqual(['done', 'conflict'])
  expect(await stored(observer, id)).toEqual({ name: 'Theirs', version: 2 })
})
