import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { StoredView } from '../../../types/view.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { conflictsOf } from '../../support/dashboards/view-calls.ts'
import { insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { overlap } from '../../support/database/overlap.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { admin, createCast, member, ours, viewer } from '../../support/people/cast.ts'

const committed = committedStory()

const rename = (client: pg.Client, actor: Actor, id: string, name: string, version?: number | null) =>
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
      expect(await clientError(rename(client, admin, id, 'Mine', null))).toMatchObject({
        code: 'invalid_input',
        details: 'version',
      })
      expect(await stored(client, id)).toEqual({ name: 'Theirs', version: 2 })
      await rename(client, admin, id, 'Mine', 2)
      expect(await stored(client, id)).toEqual({ name: 'Mine', version: 3 })
    }),
  )

  it(
    'is not saved whole as it was read: what is refused comes with what would be saved of the rest',
    committed(async (client) => {
      const id = await renamed(client)
      await actAs(
        client,
        member,
        "update public.dashboard_views set description = 'By region' where id = $1",
        [id],
      )
      await commit(client)
      const document = JSON.stringify({ name: 'Mine', description: '', layout: layoutOf() })
      const refused = await clientError(call(client, admin, 'save_view', [id, document, 1]))
      expect(conflictsOf({ details: String(refused.details) })).toEqual({
        version: 3,
        conflicts: [{ key: 'name', path: 'name', base: 'A view', theirs: 'Theirs', mine: 'Mine' }],
        merged: { name: 'Theirs', description: 'By region', layout: layoutOf() },
      })
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

describe('a widget that is changed through the table from an old version', () => {
  const at = (x: number, y = 0) => widget({ position: { x, y, width: 1, height: 1 } })
  const create = async (client: pg.Client, ...widgets: ReturnType<typeof at>[]) => {
    const view = await call<StoredView>(client, member, 'create_view', [
      ours,
      'A view',
      '',
      layoutOf(...widgets),
      'workspace',
    ])
    await commit(client)
    return view
  }
  const set = async (client: pg.Client, actor: Actor, id: string | undefined, values: string) => {
    await actAs(client, actor, `update public.widgets set ${values} where id = $1`, [id])
  }
  const baseOf = async (client: pg.Client, actor: Actor, id: string | undefined, version: number) => {
    const refused = await clientError(set(client, actor, id, `y = 9, version = ${version}`))
    expect(refused).toMatchObject({ status: 409, code: 'conflict' })
    return conflictsOf({ details: String(refused.details) }).conflicts[0]?.base
  }

  it(
    'is refused with what it was then itself, and with nothing for a version that was not kept',
    committed(async (client) => {
      const [early, late] = [at(0), at(1)]
      const { layout } = await create(client, early, late)
      await create(client, at(5))
      const rowOf = ({ instanceId }: typeof early) =>
        layout.widgets.find((each) => each.instanceId === instanceId)?.id
      await set(client, member, rowOf(early), 'x = 2')
      await commit(client)
      // Two in one transaction: the first of them belongs to no version of the view.
      await set(client, member, rowOf(late), 'x = 3')
      await set(client, member, rowOf(late), 'x = 4')
      await commit(client)
      for (const each of [early, late])
        expect(await baseOf(client, member, rowOf(each), 1)).toMatchObject({
          id: rowOf(each),
          version: 1,
          position: each.position,
        })
      expect(await baseOf(client, member, rowOf(late), 2)).toBeNull()
      // Who administers the database is no person, and sees everything.
      const refused = client.query('update public.widgets set version = 1 where id = $1', [rowOf(early)])
      expect(await clientError(refused)).toMatchObject({ code: 'conflict' })
    }),
  )

  it(
    'is refused with what it is and what it was to be, each under its own name',
    committed(async (client) => {
      const { layout } = await create(client, at(0))
      const [shown] = layout.widgets
      await set(client, member, shown?.id, 'x = 2')
      await commit(client)
      const refused = await clientError(set(client, admin, shown?.id, 'x = 5, version = 1'))
      const version = (number: number, x: number) =>
        expect.objectContaining({ id: shown?.id, version: number, position: { ...shown?.position, x } })
      expect(conflictsOf({ details: String(refused.details) })).toEqual({
        version: 2,
        conflicts: [
          {
            key: `widgets.${shown?.instanceId}`,
            path: '',
            instanceId: shown?.instanceId,
            base: version(1, 0),
            theirs: version(2, 2),
            mine: version(1, 5),
          },
        ],
      })
    }),
  )

  it(
    'is not shown what it was as a component that is not for the caller',
    committed(async (client) => {
      await insertComponent(client, ours, { id: 'for-admins', allowedRoles: ['admin'] })
      await commit(client)
      const { id } = await create(client)
      const row = await insertWidget(client, {
        view_id: id,
        component_key: 'for-admins',
        config: { unit: 'l' },
      })
      await commit(client)
      await set(client, admin, row, "component_key = 'recent-orders', config = '{}'")
      await commit(client)
      expect(await baseOf(client, admin, row, 1)).toMatchObject({ widgetId: 'for-admins' })
      expect(await baseOf(client, member, row, 1)).toBeNull()
    }),
  )

  it(
    'is not shown what is out of the reach of the plan',
    committed(async (client) => {
      const first = at(0)
      const { layout } = await create(client, first)
      const id = layout.widgets[0]?.id
      for (let time = 0; time < 51; time++) {
        await set(client, member, id, 'x = (x + 1) % 9')
        await commit(client)
      }
      expect(await baseOf(client, member, id, 1)).toMatchObject({ position: first.position })
      await client.query("update private.view_versions set saved_at = saved_at - interval '8 days'")
      expect(await baseOf(client, member, id, 1)).toBeNull()
      expect(await baseOf(client, member, id, 3)).toMatchObject({ version: 3 })
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

it('a view does not change hands while somebody has its widgets for longer than a moment', async () => {
  await using opened = await openDatabase()
  const { observer } = opened
  await observer.query('begin')
  await createCast(observer)
  const id = await makeView(observer, member, { visibility: 'workspace' })
  await insertWidget(observer, { view_id: id })
  await observer.query('commit; begin')
  await observer.query('select from public.widgets for update')
  const client = await opened.connect()
  await client.query('begin')
  const show = actAs(
    client,
    member,
    "update public.dashboard_views set visibility = 'personal' where id = $1",
    [id],
  )
  expect(await clientError(show)).toMatchObject({ status: 409, code: 'conflict', details: 'view_id' })
})
