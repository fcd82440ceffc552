import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// A viewer arranges views that only they see, and shares nothing.

const story = policySuite()

const layout = (component: string) => ({
  version: 1,
  gridColumns: 12,
  rowHeight: 80,
  gap: 16,
  widgets: [
    {
      instanceId: '00000000-0000-4000-8000-0000000000e1',
      widgetId: component,
      position: { x: 0, y: 0, width: 6, height: 2 },
      visible: true,
      config: {},
    },
  ],
})

async function make(client: pg.Client, visibility = 'personal', widgets = 'recent-orders') {
  const { rows } = await actAs<{ view: { id: string; access: string; version: number } }>(
    client,
    viewer,
    "select public.create_view($1, 'Mine', '', $2, $3) as view",
    [ours, JSON.stringify(layout(widgets)), visibility],
  )
  return rows[0]?.view ?? { id: '', access: '', version: 0 }
}

describe('a viewer', () => {
  it(
    'makes, saves, activates and deletes a personal view',
    story(async (client) => {
      const view = await make(client)
      expect(view.access).toBe('manage')
      const { rows: saved } = await actAs(client, viewer, 'select public.save_layout($1, $2, $3) as view', [
        view.id,
        JSON.stringify({ ...layout('recent-orders'), gap: 8 }),
        view.version,
      ])
      expect(saved[0]?.view.layout.gap).toBe(8)
      expect(
        (await actAs(client, viewer, 'update public.widgets set y = 3 where view_id = $1', [view.id]))
          .rowCount,
      ).toBe(1)
      const { rows: active } = await actAs(client, viewer, 'select public.activate_view($1, $2) as view', [
        ours,
        view.id,
      ])
      expect(active[0]?.view.source).toBe('active')
      await actAs(client, viewer, 'select public.delete_view($1)', [view.id])
      expect(
        (await actAs(client, viewer, 'select public.list_views($1) as views', [ours])).rows[0]?.views,
      ).toEqual([])
    }),
  )

  it(
    'makes one through the table too, and none that others see',
    story(async (client) => {
      const insert = (visibility: string) =>
        actAs(
          client,
          viewer,
          'insert into public.dashboard_views (workspace_id, name, visibility) values ($1, $2, $3)',
          [ours, 'Mine', visibility],
        )
      await insert('personal')
      await expect(insert('workspace')).rejects.toMatchObject({ code: '42501' })
      expect(await clientError(make(client, 'workspace'))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'dashboards.write',
      })
      const { rows } = await client.query('select visibility from public.dashboard_views')
      expect(rows).toEqual([{ visibility: 'personal' }])
    }),
  )

  it(
    'shares it with nobody',
    story(async (client) => {
      const { id } = await make(client)
      expect(
        await clientError(
          actAs(client, viewer, "update public.dashboard_views set visibility = 'workspace' where id = $1", [
            id,
          ]),
        ),
      ).toMatchObject({ code: 'permission_denied', details: 'dashboards.write' })
      expect(
        await clientError(
          actAs(
            client,
            viewer,
            'insert into public.dashboard_view_shares (workspace_id, view_id, user_id) values ($1, $2, $3)',
            [ours, id, ids.member],
          ),
        ),
      ).toMatchObject({ code: 'permission_denied', details: 'dashboards.write' })
      const { rows } = await client.query('select visibility from public.dashboard_views where id = $1', [id])
      expect(rows).toEqual([{ visibility: 'personal' }])
      for (const actor of [member, admin])
        expect(
          (
            await actAs(client, actor, 'select public.my_access($1, $2, $3) as access', [
              ours,
              'dashboard',
              id,
            ])
          ).rows,
        ).toEqual([{ access: 'none' }])
    }),
  )

  it(
    'places no component that is not for viewers',
    story(async (client) => {
      expect(await clientError(make(client, 'personal', 'total-revenue'))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'layout.widgets.0.widgetId',
      })
      expect((await client.query('select from public.dashboard_views')).rowCount).toBe(0)
    }),
  )
})

describe('a role of the workspace', () => {
  it(
    'that may write may arrange too, and one that may do neither makes nothing',
    story(async (client) => {
      await giveCustomRole(client, 'custom', ['dashboards.read', 'dashboards.write'], [ids.viewer])
      const { rows } = await client.query(
        "select permissions from public.workspace_roles where workspace_id = $1 and key = 'custom'",
        [ours],
      )
      expect(rows).toEqual([{ permissions: ['dashboards.arrange', 'dashboards.read', 'dashboards.write'] }])
      await client.query(
        "update public.workspace_roles set permissions = '{dashboards.read}' where workspace_id = $1 and key = 'custom'",
        [ours],
      )
      expect(await clientError(make(client))).toMatchObject({
        code: 'permission_denied',
        details: 'dashboards.arrange',
      })
    }),
  )

  it(
    'that may not read dashboards makes none through the table, whatever else it permits',
    story(async (client) => {
      const insert = (visibility: string) =>
        actAs(
          client,
          member,
          'insert into public.dashboard_views (workspace_id, name, visibility) values ($1, $2, $3)',
          [ours, 'Unseen', visibility],
        )
      const writes = ['dashboards.arrange', 'dashboards.write']
      await giveCustomRole(client, 'blind', writes, [ids.member])
      for (const visibility of ['personal', 'workspace'])
        await expect(insert(visibility), visibility).rejects.toMatchObject({ code: '42501' })
      expect((await client.query('select from public.dashboard_views')).rowCount).toBe(0)
      await client.query("update public.workspace_roles set permissions = $1 where key = 'blind'", [
        ['dashboards.read', ...writes],
      ])
      await insert('personal')
      await insert('workspace')
      expect((await client.query('select from public.dashboard_views')).rowCount).toBe(2)
    }),
  )
})

describe('the widgets of a view', () => {
  const add = (client: pg.Client, view_id: string, count: number, visible: boolean | null = true) =>
    actAs(
      client,
      admin,
      `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height, visible)
       select $1, $2, 'recent-orders', 0, n, 1, 1, $4 from generate_series(1, $3::integer) as n`,
      [ours, view_id, count, visible],
    )

  it(
    'are 200 at most, however they are made, and are shown or hidden',
    story(async (client) => {
      const id = await insertView(client)
      expect(await clientError(add(client, id, 1, null))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'visible',
      })
      const full = { status: 400, code: 'invalid_input', details: 'view_id' }
      await add(client, id, 200)
      expect(await clientError(add(client, id, 1))).toMatchObject(full)
      expect((await client.query('select from public.widgets')).rowCount).toBe(200)
    }),
  )

  it(
    'are merged by as many choices as there can be parts, and no more',
    story(async (client) => {
      const problem = async (count: number) =>
        (
          await client.query<{ problem: unknown }>('select private.resolve_problem($1) as problem', [
            { version: 1, choices: Object.fromEntries(Array.from({ length: count }, (_, n) => [n, 'mine'])) },
          ])
        ).rows[0]?.problem
      expect(await problem(1_000)).toBeNull()
      expect(await problem(1_001)).toMatchObject({ path: 'resolve.choices' })
    }),
  )
})
