import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { insertView, insertWidget, widgetColumns } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'

// A role, a theme, a component and a view of `ours` that are managed outside of the product.

interface Managed {
  theme: string
  view: string
  widget: string
}

const story = onPremium(policySuite())
const refused = {
  status: 403,
  code: 'permission_denied',
  message: 'This is managed outside of the product, and can be neither changed nor deleted here.',
  details: 'is_managed',
}

async function makeManaged(client: pg.Client): Promise<Managed> {
  const theme = await makeTheme(client, service)
  const view = await insertView(client)
  const made = await insertWidget(client, { view_id: view })
  await insertComponent(client, ours, {})
  await actAs(
    client,
    service,
    `insert into public.workspace_roles (workspace_id, key, name, permissions, is_managed)
     values ($1, 'editor', 'Editor', '{themes.read}', true)`,
    [ours],
  )
  for (const table of ['themes', 'components', 'dashboard_views'])
    await actAs(client, service, `update public.${table} set is_managed = true where workspace_id = $1`, [
      ours,
    ])
  // The view was made some time ago: what changes it is a version of its own.
  await client.query("update private.view_versions set saved_at = saved_at - interval '1 hour'")
  return { theme, view, widget: made }
}

const layout = JSON.stringify(layoutOf(widget()))

/** What somebody could do to each of the four, and the values of the statement. */
const changes: Record<string, (managed: Managed) => [sql: string, values: unknown[]]> = {
  'rename the role': () => ["update public.workspace_roles set name = 'X' where key = 'editor'", []],
  'delete the role': () => ["delete from public.workspace_roles where key = 'editor'", []],
  'rename the theme': ({ theme }) => ["update public.themes set name = 'X' where id = $1", [theme]],
  'change the theme': ({ theme }) => [`select public.update_theme($1, $2, '{"name": "X"}')`, [ours, theme]],
  'delete the theme': ({ theme }) => ['delete from public.themes where id = $1', [theme]],
  'publish a version': () => [
    'select public.publish_component($1, $2)',
    [ours, JSON.stringify({ ...gauge, version: '2.0.0' })],
  ],
  'delete the component': () => ["select public.delete_component($1, 'gauge')", [ours]],
  'rename the view': ({ view }) => ["update public.dashboard_views set name = 'X' where id = $1", [view]],
  'save a layout': ({ view }) => ['select public.save_layout($1, $2, 1)', [view, layout]],
  'save the view': ({ view }) => [
    'select public.save_view($1, $2, 1)',
    [view, JSON.stringify({ name: 'X', layout: layoutOf(widget()) })],
  ],
  'add a widget': ({ view }) => [
    `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height)
     values ($1, $2, $3, 0, 0, 1, 1)`,
    [ours, view, widgetColumns.component_key],
  ],
  'move a widget': (managed) => ['update public.widgets set x = 5 where id = $1', [managed.widget]],
  'remove a widget': (managed) => ['delete from public.widgets where id = $1', [managed.widget]],
  'restore a version': ({ view }) => ['select public.restore_view_version($1, 1)', [view]],
  'delete the view': ({ view }) => ['select public.delete_view($1)', [view]],
}

const everything = async (client: pg.Client) =>
  (
    await client.query(
      `select (select jsonb_agg(to_jsonb(r) order by r.key) from public.workspace_roles r) as roles,
         (select jsonb_agg(to_jsonb(t)) from public.themes t) as themes,
         (select jsonb_agg(to_jsonb(v)) from public.component_versions v) as components,
         (select jsonb_agg(to_jsonb(v)) from public.dashboard_views v) as views,
         (select jsonb_agg(to_jsonb(w)) from public.widgets w) as widgets`,
    )
  ).rows

describe('what is managed outside of the product', () => {
  it.each(Object.keys(changes).filter((name) => name !== 'restore a version'))(
    'refuses an admin who would %s',
    async (name) => {
      await story(async (client) => {
        const managed = await makeManaged(client)
        const before = await everything(client)
        const [sql, values] = changes[name]?.(managed) ?? ['', []]
        expect(await clientError(actAs(client, admin, sql, values))).toMatchObject(refused)
        expect(await everything(client)).toEqual(before)
      })()
    },
  )

  it(
    'refuses a member who may write dashboards and themes',
    story(async (client) => {
      const managed = await makeManaged(client)
      for (const name of [
        'rename the theme',
        'delete the theme',
        'rename the view',
        'save a layout',
        'move a widget',
      ]) {
        const [sql, values] = changes[name]?.(managed) ?? ['', []]
        expect(await clientError(actAs(client, member, sql, values))).toMatchObject(refused)
      }
    }),
  )

  it(
    'says so to who has it open as it was before, and what is marked no longer is changed as it was read',
    story(async (client) => {
      const { theme, view } = await makeManaged(client)
      const mark = (isManaged: boolean) =>
        client.query(
          `with marked as (update public.themes set is_managed = $1)
           update public.dashboard_views set is_managed = $1`,
          [isManaged],
        )
      const documents = async () => ({
        view: await call<{ version: number }>(client, admin, 'get_view', [view]),
        theme: await call<{ revision: number }>(client, admin, 'get_theme', [ours, theme]),
      })
      const writes = (read: Awaited<ReturnType<typeof documents>>) => [
        () => call(client, admin, 'save_view', [view, read.view, read.view.version]),
        () => call(client, admin, 'update_theme', [ours, theme, read.theme, read.theme.revision]),
      ]
      const managed = await documents()
      await mark(false)
      const free = await documents()
      for (const write of writes(managed)) expect(await write()).toMatchObject({ isManaged: false })
      const { theme: later } = await documents()
      await mark(true)
      for (const write of writes({ ...free, theme: { ...free.theme, revision: later.revision } }))
        expect(await clientError(write())).toMatchObject(refused)
    }),
  )

  it(
    'is marked by nobody but the service role',
    story(async (client) => {
      await makeManaged(client)
      for (const table of ['workspace_roles', 'themes', 'components', 'dashboard_views'])
        for (const actor of [admin, member])
          await expect(
            actAs(client, actor, `update public.${table} set is_managed = false where workspace_id = $1`, [
              ours,
            ]),
          ).rejects.toMatchObject({ code: '42501' })
      await expect(
        actAs(
          client,
          admin,
          "insert into public.workspace_roles (workspace_id, key, name, is_managed) values ($1, 'x', 'X', true)",
          [ours],
        ),
      ).rejects.toMatchObject({ code: '42501' })
    }),
  )

  it.each(Object.keys(changes))('lets the service role %s', async (name) => {
    const asPerson = ['change the theme', 'save a layout', 'restore a version']
    await story(async (client) => {
      const managed = await makeManaged(client)
      const [sql, values] = changes[name]?.(managed) ?? ['', []]
      const done = actAs(client, service, sql, values)
      if (asPerson.includes(name)) await expect(done).rejects.toMatchObject({ code: '42501' })
      else expect((await done).rowCount).toBe(1)
    })()
  })

  it(
    'says so in every document',
    story(async (client) => {
      const { theme, view } = await makeManaged(client)
      const is = (isManaged: boolean) => expect.objectContaining({ isManaged })
      expect(await call(client, viewer, 'get_view', [view])).toEqual(is(true))
      expect(await call(client, viewer, 'list_views', [ours])).toEqual([is(true)])
      expect(await call(client, viewer, 'get_theme', [ours, theme])).toEqual(is(true))
      expect(await call(client, viewer, 'get_theme', [ours, 'default'])).toEqual(is(false))
      expect(await call(client, viewer, 'list_themes', [ours])).toContainEqual(
        expect.objectContaining({ id: theme, isManaged: true }),
      )
      expect(await call(client, viewer, 'get_component', [ours, 'gauge'])).toEqual(is(true))
      expect(await call(client, viewer, 'list_roles', [ours])).toContainEqual(
        expect.objectContaining({ key: 'editor', isManaged: true }),
      )
    }),
  )

  it(
    'is copied freely, and the copies are not managed',
    story(async (client) => {
      const { theme, view } = await makeManaged(client)
      const copy = await call<{ id: string; isManaged: boolean }>(client, member, 'duplicate_view', [view])
      expect(copy.isManaged).toBe(false)
      await actAs(client, member, "update public.dashboard_views set name = 'Mine' where id = $1", [copy.id])
      const exported = await call(client, member, 'export_theme', [ours, theme])
      expect(exported).not.toHaveProperty('isManaged')
      const imported = await call(client, member, 'import_theme', [ours, JSON.stringify(exported)])
      expect(imported).toMatchObject({ isManaged: false })
      const document = await call(client, member, 'get_view', [view])
      const made = await call(client, member, 'import_view', [ours, JSON.stringify(document)])
      expect(made).toMatchObject({ skipped: [] })
    }),
  )

  it(
    'keeps nobody from deciding who has access, from leaving, or from deleting the workspace',
    story(async (client) => {
      const { view } = await makeManaged(client)
      await actAs(
        client,
        admin,
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'dashboard', $2, $3, 'none')`,
        [ours, view, ids.viewer],
      )
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', view])
      await call(client, admin, 'change_member', [ours, ids.member, 'editor'])
      await call(client, member, 'leave_workspace', [ours])
      await call(client, admin, 'delete_workspace', [ours, 'Ours'])
      const { rows } = await client.query('select from public.workspaces where id = $1', [ours])
      expect(rows).toEqual([])
    }),
  )

  it(
    'is shared with its workspace, always',
    story(async (client) => {
      const mine = await insertView(client, { owner_id: ids.admin })
      const owner: Actor = service
      await expect(
        actAs(client, owner, 'update public.dashboard_views set is_managed = true where id = $1', [mine]),
      ).rejects.toMatchObject({ code: '23514' })
    }),
  )
})
