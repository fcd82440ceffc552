import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { widget } from '../../support/dashboards/layouts.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { admin, ours, viewer } from '../../support/people/cast.ts'
import {
  install,
  type Published,
  publishListing,
  publishVersion,
  rollBack,
  upgrade,
  viewBundle,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

// What the history keeps of a view for the sake of rolling back an upgrade of its template, and for how long.

const committed = committedStory()

/** A copy on the free plan of a template whose versions have one widget less each, withheld from viewers, to none. */
async function shrinking(client: pg.Client, most: number) {
  await setPlan(client, 'premium')
  const all = Array.from({ length: most }, (_, x) =>
    widget({ position: { x: 3 * x, y: 0, width: 3, height: 2 } }),
  )
  const listing = await publishListing(client, viewBundle(all))
  const copy = await install(client, listing)
  if (!copy.viewId) throw new Error('A template made no view.')
  // One of the workspace's own, which no upgrade takes away.
  await insertWidget(client, { view_id: copy.viewId, y: 40 })
  await commit(client)
  const ids = (await client.query<{ id: string }>('select id from public.widgets where y < 40')).rows
  for (const { id } of ids)
    await grant(client, admin, {
      resource_type: 'widget',
      resource_id: id,
      access: 'none',
      role_key: 'viewer',
    })
  await commit(client)
  const next: Published[] = []
  for (let less = 1; less <= most; less += 1)
    next.push(await publishVersion(client, listing, `1.${less}.0`, viewBundle(all.slice(0, most - less))))
  await setPlan(client, 'free')
  await commit(client)
  return { copy, next }
}

const versions = async (client: pg.Client) =>
  (
    await client.query<{ version: number }>(
      'select version::integer from private.view_versions order by version',
    )
  ).rows.map(({ version }) => version)

const age = (client: pg.Client) =>
  client.query("update private.view_versions set saved_at = saved_at - interval '10 days'")

async function change(client: pg.Client, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await client.query("update public.dashboard_views set description = concat('Change ', version)")
    await commit(client)
  }
}

async function expectNoStatesOfNone(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select h.from_version, h.until_version from private.widget_versions h
     where not exists (
       select from private.view_versions x where x.version between h.from_version and h.until_version)`,
  )
  expect(rows).toEqual([])
}

/** Has what may be forgotten be forgotten, and gives the versions that stay before the last 50. */
async function kept(client: pg.Client): Promise<number[]> {
  await change(client, 52)
  await age(client)
  await client.query('update public.widgets set x = (x + 1) % 9 where y = 40')
  await commit(client)
  await expectNoStatesOfNone(client)
  return (await versions(client)).slice(0, -50)
}

const shownTo = async (client: pg.Client, actor: typeof admin) =>
  (await actAs(client, actor, 'select from public.widgets where y < 40')).rowCount

describe('on the free plan', () => {
  it(
    'upgrading and rolling back in turns keeps nothing for ever',
    committed(async (client) => {
      const { copy, next } = await shrinking(client, 1)
      const [only] = next
      if (!only) throw new Error('There is no other version.')
      for (let time = 0; time < 3; time += 1) {
        await upgrade(client, copy, only)
        await commit(client)
        await rollBack(client, copy)
        await commit(client)
      }
      expect(await versions(client)).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(await kept(client)).toEqual([])
    }),
  )

  it(
    'what each upgrade replaced stays until that is rolled back, and brings back what was withheld',
    committed(async (client) => {
      const { copy, next } = await shrinking(client, 3)
      for (const version of next) {
        await upgrade(client, copy, version)
        await commit(client)
      }
      expect(await kept(client)).toEqual([1, 2, 3])
      await rollBack(client, copy)
      await commit(client)
      expect(await kept(client)).toEqual([1, 2])
      for (const left of [2, 3]) {
        await rollBack(client, copy)
        await commit(client)
        expect([await shownTo(client, admin), await shownTo(client, viewer)]).toEqual([left, 0])
      }
      expect(await kept(client)).toEqual([])
    }),
  )

  it(
    'of two upgrades at once both are rolled back to what was withheld, one long after the other',
    committed(async (client) => {
      const { copy, next } = await shrinking(client, 2)
      for (const version of next) await upgrade(client, copy, version)
      await commit(client)
      for (const left of [1, 2]) {
        expect(await kept(client)).toEqual([1])
        await rollBack(client, copy)
        await commit(client)
        expect([await shownTo(client, admin), await shownTo(client, viewer)]).toEqual([left, 0])
      }
      expect(await kept(client)).toEqual([])
    }),
  )

  it(
    'the states of widgets that it alone had since go with it, whatever else goes',
    committed(async (client) => {
      const { copy, next } = await shrinking(client, 1)
      const [only] = next
      if (!only) throw new Error('There is no other version.')
      await upgrade(client, copy, only)
      await commit(client)
      expect(await kept(client)).toEqual([1])
      // Until all that is too old but this one is gone.
      await age(client)
      await change(client, 52)
      await rollBack(client, copy)
      await commit(client)
      const before = await versions(client)
      await change(client, 1)
      expect((await versions(client)).slice(0, -1)).toEqual(before.slice(1))
      await expectNoStatesOfNone(client)
    }),
  )

  it(
    'a copy that is removed keeps nothing of the view, which stays',
    committed(async (client) => {
      const { copy, next } = await shrinking(client, 2)
      for (const version of next) {
        await upgrade(client, copy, version)
        await commit(client)
      }
      await call(client, admin, 'remove_install', [ours, copy.id])
      await commit(client)
      expect(await kept(client)).toEqual([])
    }),
  )
})

it(
  'what premium kept stays, whether it is rolled back or not',
  committed(async (client) => {
    const { copy, next } = await shrinking(client, 2)
    await setPlan(client, 'premium')
    for (const version of next) {
      await upgrade(client, copy, version)
      await commit(client)
    }
    await rollBack(client, copy)
    await setPlan(client, 'free')
    await commit(client)
    expect(await kept(client)).toEqual([1, 2, 3])
  }),
)
