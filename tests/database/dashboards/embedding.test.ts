import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { type Joined, postgrestStatement, type Read } from '../../support/database/postgrest.ts'
import { ids, member, ours } from '../../support/people/cast.ts'

// Statements as PostgREST 12 to 14 write them; tests/api/product/embedding.test.ts has those of the embedded stack.

const story = policySuite()

const widgetsWithTheirView = (columns: string, joined = '') =>
  `WITH pgrst_source AS (
     SELECT "public"."widgets"."id", row_to_json("widgets_dashboard_views_1".*)::jsonb AS "dashboard_views"
     FROM "public"."widgets" LEFT JOIN LATERAL (
       SELECT ${columns} FROM "public"."dashboard_views" AS "dashboard_views_1" ${joined}
       WHERE "dashboard_views_1"."id" = "public"."widgets"."view_id" LIMIT 1000 OFFSET 0
     ) AS "widgets_dashboard_views_1" ON TRUE LIMIT 1000 OFFSET 0)
   SELECT coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t`

const theirWidgets = `LEFT JOIN LATERAL (
    SELECT json_agg("dashboard_views_widgets_2")::jsonb AS "dashboard_views_widgets_2"
    FROM (
      SELECT "widgets_2"."id" FROM "public"."widgets" AS "widgets_2"
      WHERE "widgets_2"."view_id" = "dashboard_views_1"."id" LIMIT 1000 OFFSET 0
    ) AS "dashboard_views_widgets_2"
  ) AS "dashboard_views_widgets_2" ON TRUE`

it(
  'a statement of PostgREST reads a table with another, and not within itself',
  story(async (client) => {
    const view_id = await insertView(client, { owner_id: ids.member })
    const id = await insertWidget(client, { view_id })
    const { rows } = await actAs(client, member, widgetsWithTheirView('"dashboard_views_1"."id"'))
    expect(rows).toEqual([{ body: [{ id, dashboard_views: { id: view_id } }] }])
    const columns = `COALESCE("dashboard_views_widgets_2"."dashboard_views_widgets_2", '[]') AS "widgets"`
    const within = clientError(actAs(client, member, widgetsWithTheirView(columns, theirWidgets)))
    expect(await within).toMatchObject({ status: 400, code: 'invalid_input', details: 'select' })
    // What a client calls a column is no table.
    const named = `"dashboard_views_1"."name" AS "x FROM ""public"".""widgets"" AS ""widgets_9"""`
    expect((await actAs(client, member, widgetsWithTheirView(named))).rows).toHaveLength(1)

    const padded = (bytes: number) =>
      actAs(client, member, widgetsWithTheirView('"dashboard_views_1"."id"').padEnd(bytes))
    expect((await padded(16_384)).rows).toHaveLength(1)
    expect(await clientError(padded(16_385))).toMatchObject({ code: 'invalid_input', details: 'select' })
    // What joins nothing in is as long as it likes.
    expect((await actAs(client, member, 'select id from public.widgets'.padEnd(20_000))).rows).toEqual([
      { id },
    ])
  }),
)

const ofWorkspace = [['workspace_id', 'id']] as const
const members = { table: 'workspace_members', on: ofWorkspace, columns: ['user_id'] }
const widgets = { table: 'widgets', on: [['view_id', 'id']], columns: ['id'] } satisfies Joined
const views = { table: 'dashboard_views', on: ofWorkspace, columns: ['name'] }
const memberships = 'workspace_members'
const profilesOfMembers = (more: Partial<Joined> = {}): Joined => ({
  table: 'profiles',
  on: [['id', 'user_id']],
  columns: ['name', 'bio'],
  junction: { table: memberships, on: ofWorkspace },
  ...more,
})
const workspacesOfMembers = (more: Partial<Joined> = {}): Joined => ({
  table: 'workspaces',
  on: [['id', 'workspace_id']],
  columns: ['name'],
  junction: { table: memberships, on: [['user_id', 'id']] },
  ...more,
})
const theirProfile: Joined = { table: 'profiles', on: [['id', 'user_id']], columns: ['name'], isOne: true }
const builtIn = (columns: string[], more: Partial<Joined> = {}): Joined => ({
  table: 'built_in_components',
  on: [['key', 'built_in_component']],
  columns,
  isOne: true,
  ...more,
})
const withBuiltIn = (columns: string[]) => ({ ...widgets, with: [builtIn(columns)] })
const wholeView = { ...views, on: [['id', 'view_id']], isOne: true } satisfies Joined
const theirRole: Joined = {
  table: 'workspace_roles',
  on: [['key', 'role_key']],
  columns: ['name'],
  isOne: true,
}

const given = async (client: pg.Client) => {
  const view_id = await insertView(client, { owner_id: ids.member })
  await insertWidget(client, { view_id })
  return view_id
}
const answer = (client: pg.Client, read: Read, values?: unknown[]) =>
  actAs(client, member, postgrestStatement(read), values)

describe('a statement of PostgREST is refused that', () => {
  const again = 'This reads the rows that belong to one again for each that refers to it.'
  const within = (table: string) => `This reads ${table} within ${table}.`
  const json = (table: string) => `This reads the JSON of ${table} again for each row of a list in another.`

  it.each<[what: string, read: Read, message: string]>([
    [
      'reads many through a junction again and again',
      {
        table: 'workspaces',
        columns: ['name'],
        with: [profilesOfMembers({ with: [workspacesOfMembers({ with: [profilesOfMembers()] })] })],
      },
      within('workspaces'),
    ],
    [
      'reads many under what a junction leads to',
      { table: 'profiles', columns: ['name'], with: [workspacesOfMembers({ with: [views] })] },
      again,
    ],
    [
      'reads profiles within profiles through junctions',
      { table: 'profiles', columns: ['name'], with: [workspacesOfMembers({ with: [profilesOfMembers()] })] },
      within('profiles'),
    ],
    [
      'goes through the junction that it reads',
      {
        table: memberships,
        columns: ['user_id'],
        with: [{ ...theirProfile, with: [workspacesOfMembers()] }],
      },
      within(memberships),
    ],
    [
      'reads JSON of one row under lists',
      { table: 'workspaces', columns: ['name'], with: [{ ...views, with: [withBuiltIn(['*'])] }] },
      json('built_in_components'),
    ],
    [
      'reads JSON of one row under the list of each row of a list',
      { table: 'dashboard_views', columns: ['name'], with: [withBuiltIn(['key', 'config_schema'])] },
      json('built_in_components'),
    ],
    [
      'reads JSON of what a junction leads to under a list',
      { table: 'profiles', columns: ['name'], with: [workspacesOfMembers({ columns: ['settings'] })] },
      json('workspaces'),
    ],
    [
      'reads what it writes within itself',
      {
        table: 'dashboard_views',
        columns: ['name'],
        writing: `UPDATE "public"."dashboard_views" SET "name" = 'Mine' WHERE TRUE RETURNING "public"."dashboard_views".*`,
        with: [{ ...widgets, with: [wholeView] }],
      },
      within('dashboard_views'),
    ],
  ])('%s', (_, read, message) =>
    story(async (client) => {
      await given(client)
      const error = await clientError(answer(client, read))
      expect(error).toMatchObject({ code: 'invalid_input', details: 'select', message })
    })(),
  )

  it.each(['NOT  "public"."dashboard_views"."id" = $1', '("public"."dashboard_views"."id" = $1 OR  TRUE)'])(
    'reads JSON of one row under the lists of more rows than the one of an id: %s',
    (where) =>
      story(async (client) => {
        await given(client)
        const read = { table: 'dashboard_views', where, with: [withBuiltIn(['*'])] }
        expect(await clientError(answer(client, read, [await given(client)]))).toMatchObject({
          message: json('built_in_components'),
        })
      })(),
  )
})

describe('a statement of PostgREST is answered that', () => {
  it.each<[what: string, read: Read]>([
    [
      'reads what a junction leads to, and what that refers to',
      {
        table: 'workspaces',
        columns: ['*'],
        with: [profilesOfMembers()],
      },
    ],
    [
      'reads a table beside itself',
      {
        table: 'workspaces',
        columns: ['name'],
        with: [
          { table: 'workspace_roles', on: ofWorkspace, columns: ['key', 'name'] },
          { ...members, with: [theirRole] },
          profilesOfMembers(),
        ],
      },
    ],
    [
      'reads the one profile of rows of a profile',
      {
        table: 'profiles',
        columns: ['name'],
        with: [{ table: memberships, on: [['user_id', 'id']], with: [theirProfile] }],
      },
    ],
    [
      'reads small columns of one row under lists',
      { table: 'workspaces', columns: ['name'], with: [{ ...views, with: [withBuiltIn(['key', 'icon'])] }] },
    ],
    ['reads JSON of one row for each row', { table: 'widgets', with: [builtIn(['*'])] }],
  ])('%s', (_, read) =>
    story(async (client) => {
      await given(client)
      expect((await answer(client, read)).rows[0]?.body).not.toEqual([])
    })(),
  )

  it(
    'reads JSON of one row in the list of one row, by its id',
    story(async (client) => {
      const id = await given(client)
      const where = '"public"."dashboard_views"."name" IS NOT NULL AND  "public"."dashboard_views"."id" = $1'
      const { rows } = await answer(client, { table: 'dashboard_views', where, with: [withBuiltIn(['*'])] }, [
        id,
      ])
      expect(rows).toMatchObject([{ body: [{ id, widgets: [{ built_in_components: {} }] }] }])
      const both = { ...views, with: [withBuiltIn(['*'])] }
      const deeper = { table: 'workspaces', where: '"public"."workspaces"."id" = $1', with: [both] }
      // Policies ask once a row is read, and of an id that nobody has some plans read none.
      expect(await clientError(answer(client, deeper, [ours]))).toMatchObject({ details: 'select' })
    }),
  )
})

it(
  'what a client calls something is no part of a statement',
  story(async (client) => {
    await given(client)
    const named = (alias: string) =>
      postgrestStatement({ table: 'workspaces', columns: ['id', '*'], with: [views] })
        .replace(
          '"public"."workspaces"."id"',
          `"public"."workspaces"."id" AS "${alias.replaceAll('"', '""')}"`,
        )
        .replace('"public"."workspaces".*, ', '')
    const inside = [
      'a from "public"."dashboard_views" ',
      '", "public"."workspaces" ',
      'lateral ( select 1 from "public"."dashboard_views" lateral ( select json_agg(',
      ')))',
      "it's",
      'from',
    ]
    for (const alias of inside) expect((await actAs(client, member, named(alias))).rows).toHaveLength(1)
    // Nor does it hide one.
    const nested = postgrestStatement({
      table: 'workspaces',
      columns: ['name'],
      with: [{ ...views, with: [{ ...widgets, with: [wholeView] }] }],
    })
    for (const alias of inside) {
      const quoted = `"${alias.replaceAll('"', '""')}"`
      const hidden = nested.replace('"widgets_2"."id"', `"widgets_2"."id" AS ${quoted}`)
      expect(await clientError(actAs(client, member, hidden)), alias).toMatchObject({ details: 'select' })
    }
  }),
)
