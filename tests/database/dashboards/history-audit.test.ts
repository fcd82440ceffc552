import type pg from 'pg'
import { expect, it } from 'vitest'
import type { StoredView } from '../../../types/view.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { actAs } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { ids, member, ours, theirs } from '../../support/people/cast.ts'

// A layout of which nothing is left is told in the audit log of the workspace, with numbers alone.

const committed = committedStory()

const made = (client: pg.Client, visibility: string) =>
  call<StoredView>(client, member, 'create_view', [
    ours,
    'A view',
    '',
    layoutOf(widget(), widget(), widget()),
    visibility,
  ])

/** What the log says of layouts, once the transaction that the deferred trigger waits for is over. */
async function entries(client: pg.Client) {
  await client.query('set constraints all immediate')
  const { rows } = await client.query(
    `select actor_id, actor_role, action, row_id, changes from public.audit_log
     where table_name = 'dashboard_views' and changes ? 'layout'`,
  )
  await commit(client)
  return rows
}

it.each([
  ['are removed by rows', (client: pg.Client) => actAs(client, member, 'delete from public.widgets'), 0],
  [
    'are removed by two statements',
    async (client: pg.Client) => {
      const some = 'delete from public.widgets where id in (select id from public.widgets limit'
      await actAs(client, member, `${some} 2)`)
      await actAs(client, member, `${some} 1)`)
    },
    0,
  ],
  [
    'are others after a save',
    (client: pg.Client, view: StoredView) =>
      call(client, member, 'save_layout', [view.id, layoutOf(widget(), widget()), view.version]),
    2,
  ],
  [
    'show another component after a save',
    (client: pg.Client, view: StoredView) =>
      call(client, member, 'save_layout', [
        view.id,
        {
          ...view.layout,
          widgets: view.layout.widgets.map((each) => ({ ...each, widgetId: 'total-revenue', config: {} })),
        },
        view.version,
      ]),
    3,
  ],
])('all widgets of a shared view that %s are an entry, with their numbers', (_, replace, after) =>
  committed(async (client) => {
    const view = await made(client, 'workspace')
    // Who has another role elsewhere acts in this one.
    await client.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
      [theirs, ids.member],
    )
    expect(await entries(client)).toEqual([])
    // The person is asked for when the transaction ends, as in a request of the Data API.
    await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(member)])
    await replace(client, view)
    await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(member)])
    expect(await entries(client)).toEqual([
      {
        actor_id: ids.member,
        actor_role: 'member',
        action: 'update',
        row_id: view.id,
        changes: {
          version: { old: 1, new: 2 },
          layout: { old: { widgets: 3 }, new: { widgets: after } },
        },
      },
    ])
  })(),
)

it(
  'one that is left, a view without any before, and a personal view are none',
  committed(async (client) => {
    const shared = await made(client, 'workspace')
    const personal = await made(client, 'personal')
    await commit(client)
    const [kept] = shared.layout.widgets
    await actAs(client, member, 'update public.widgets set x = 9 where id = $1', [kept?.id])
    await actAs(client, member, 'delete from public.widgets where view_id = $1 and id <> $2', [
      shared.id,
      kept?.id,
    ])
    await actAs(client, member, 'delete from public.widgets where view_id = $1', [personal.id])
    expect(await entries(client)).toEqual([])
    const empty = await call<StoredView>(client, member, 'create_view', [
      ours,
      'Empty',
      '',
      null,
      'workspace',
    ])
    await commit(client)
    await call(client, member, 'save_layout', [empty.id, layoutOf(widget()), 1])
    await call(client, member, 'delete_view', [empty.id])
    expect(await entries(client)).toEqual([])
  }),
)
