import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gauge } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { themeColumns } from '../../support/dashboards/themes.ts'
import { actAs, service } from '../../support/database/act.ts'
import { ask } from '../../support/database/agents.ts'
import { event } from '../../support/database/analytics.ts'
import { point } from '../../support/database/metrics.ts'
import { type OpenDatabase, openDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import { dial } from '../../support/people/marketplace.ts'
import { createWorld, type World } from '../../support/people/world.ts'

// Something goes while a row is made that refers to it. Whoever comes second gets an answer with a registered code, and
// never that of a constraint.

let opened: OpenDatabase
let sessions: Sessions
let worlds = 0

beforeAll(async () => {
  opened = await openDatabase()
  sessions = { observer: opened.observer, first: await opened.connect(), second: await opened.connect() }
})
afterAll(() => opened[Symbol.asyncDispose]())

type Step = (client: pg.Client, world: World) => Promise<unknown>

const step =
  (who: 'boss' | 'ann' | 'guest', sql: string, values: (world: World) => unknown[]): Step =>
  (client, world) =>
    actAs(client, world[who], sql, values(world))

const here = ({ workspace }: World) => [workspace]
const withView = ({ workspace, view }: World) => [workspace, view]
const withTheme = ({ workspace, theme }: World) => [workspace, theme]
const withAnn = ({ workspace, ann }: World) => [workspace, ann.sub]
const withViewAndAnn = ({ workspace, view, ann }: World) => [workspace, view, ann.sub]
const layout = layoutOf(widget({ widgetId: 'gauge', componentVersion: '1.0.0', config: { unit: 'l' } }))
const themeValues = [themeColumns.name, themeColumns.version, themeColumns.colors, themeColumns.radius]

const goes = {
  component: step('boss', "select public.delete_component($1, 'gauge')", here),
  role: step('boss', "delete from public.workspace_roles where workspace_id = $1 and key = 'editor'", here),
  theme: step('boss', 'delete from public.themes where workspace_id = $1 and id = $2', withTheme),
  view: step('boss', 'select public.delete_view($1)', ({ view }) => [view]),
  'view for good': (client, { view }) =>
    client.query('delete from public.dashboard_views where id = $1', [view]),
  membership: step('ann', 'select public.leave_workspace($1)', here),
  account: step('ann', 'select public.delete_my_account()', () => []),
  'invited account': step('guest', 'select public.delete_my_account()', () => []),
  workspace: step('boss', "select public.delete_workspace($1, 'World')", here),
} satisfies Record<string, Step>

const made = {
  'a widget': step(
    'boss',
    `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height, config)
     values ($1, $2, 'gauge', 0, 0, 3, 2, '{"unit": "l"}')`,
    withView,
  ),
  'a saved layout': step('boss', 'select public.save_layout($1, $2, 1)', ({ view }) => [view, layout]),
  'a view with a layout': step('boss', "select public.create_view($1, 'Other', '', $2)", (world) => [
    world.workspace,
    layout,
  ]),
  'an imported view': step('boss', 'select public.import_view($1, $2)', (world) => [
    world.workspace,
    { name: 'Other', description: '', layout },
  ]),
  'a changed member': step('boss', "select public.change_member($1, $2, 'editor')", withAnn),
  'a changed member, in the table': step(
    'boss',
    "update public.workspace_members set role_key = 'editor' where workspace_id = $1 and user_id = $2",
    withAnn,
  ),
  'an invitation': step('boss', "select public.create_invitation($1, 'new@example.com', 'editor')", here),
  'a member, by a server': (client, { workspace }) =>
    actAs(client, service, "select public.admin_set_member($1, $2, 'viewer')", [
      workspace,
      `guest${workspace.slice(-3)}@example.com`,
    ]),
  'an accepted invitation': step('guest', 'select public.accept_invitation($1)', ({ token }) => [token]),
  'a default of a role': step('boss', "select public.set_role_default_view($1, 'editor', $2)", withView),
  'a role': step(
    'boss',
    "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'other', 'Other')",
    here,
  ),
  'a share with a role': step(
    'boss',
    "insert into public.dashboard_view_shares (workspace_id, view_id, role_key) values ($1, $2, 'editor')",
    withView,
  ),
  'a share with Ann': step(
    'boss',
    'insert into public.dashboard_view_shares (workspace_id, view_id, user_id) values ($1, $2, $3)',
    withViewAndAnn,
  ),
  'a grant to a role': step(
    'boss',
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
     values ($1, 'dashboard', $2, 'editor', 'edit')`,
    withView,
  ),
  'a grant to Ann': step(
    'boss',
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
     values ($1, 'dashboard', $2, $3, 'edit')`,
    withViewAndAnn,
  ),
  'a default theme': step('boss', 'select public.set_default_theme($1, $2)', withTheme),
  'an active theme': step('ann', 'select public.activate_theme($1, $2)', withTheme),
  'a preferred theme': step(
    'ann',
    "select public.patch_preferences($1, jsonb_build_object('active_theme_id', $2::text))",
    withTheme,
  ),
  'an active view': step('ann', 'select public.activate_view($1, $2)', withView),
  'a default view': step('ann', 'select public.set_default_view($1, $2)', withView),
  'a preferred view': step(
    'ann',
    "select public.patch_preferences($1, jsonb_build_object('active_dashboard_view', $2::text))",
    withView,
  ),
  preferences: step('ann', 'select public.patch_preferences($1, \'{"locale": "de"}\')', here),
  'a view': step('ann', "select public.create_view($1, 'Hers')", here),
  'a copy of a view': step('ann', 'select public.duplicate_view($1)', ({ view }) => [view]),
  'a name of a view': step(
    'ann',
    "update public.dashboard_views set name = 'Hers' where id = $1",
    (world) => [world.view],
  ),
  'a layout by Ann': step('ann', 'select public.save_layout($1, $2, 1)', (world) => [
    world.view,
    layoutOf(widget()),
  ]),
  'a theme': step(
    'ann',
    'insert into public.themes (workspace_id, name, version, colors, radius) values ($1, $2, $3, $4, $5)',
    ({ workspace }) => [workspace, ...themeValues],
  ),
  'an imported theme': step('ann', 'select public.import_theme($1, $2)', ({ workspace }) => [
    workspace,
    themeColumns,
  ]),
  'a component': step('ann', 'select public.publish_component($1, $2)', ({ workspace }) => [
    workspace,
    { ...gauge, id: 'other' },
  ]),
  'a workspace': step('ann', "select public.create_workspace('Hers')", () => []),
  'a point of a metric': step('ann', 'select public.ingest_metrics($1, $2)', ({ workspace }) => [
    workspace,
    JSON.stringify([point()]),
  ]),
  'an event of use': step('ann', 'select public.track($1, $2)', ({ workspace }) => [
    workspace,
    JSON.stringify([event()]),
  ]),
  'a question': (client, { workspace, ann }) => ask(client, ann, { workspace }),
  'a listing': step('boss', 'select public.save_listing($1, $2)', ({ workspace }) => [
    workspace,
    JSON.stringify(dial),
  ]),
} satisfies Record<string, Step>

type Made = keyof typeof made

/** What goes, what whoever is late with making something reads, and what the one reads who is late with removing. */
const answers: [keyof typeof goes, Record<string, Made[]>, lateToRemove?: string][] = [
  [
    'component',
    { invalid_input: ['a widget', 'a saved layout', 'a view with a layout', 'an imported view'] },
    'conflict',
  ],
  ['role', { invalid_input: ['a changed member', 'a changed member, in the table'] }, 'conflict'],
  [
    'role',
    { invalid_input: ['an invitation', 'a default of a role', 'a share with a role', 'a grant to a role'] },
  ],
  ['theme', { invalid_input: ['a preferred theme'], not_found: ['an active theme', 'a default theme'] }],
  [
    'view',
    {
      invalid_input: ['a preferred view'],
      not_found: ['an active view', 'a default view', 'a default of a role', 'a saved layout'],
    },
  ],
  [
    'view for good',
    {
      invalid_input: ['a preferred view'],
      not_found: [
        'an active view',
        'a default view',
        'a default of a role',
        'a share with a role',
        'a saved layout',
      ],
    },
  ],
  [
    'membership',
    {
      invalid_input: ['a share with Ann', 'a grant to Ann'],
      not_found: [
        'a changed member',
        'an active theme',
        'an active view',
        'a default view',
        'preferences',
        'a view',
        'a copy of a view',
        'a theme',
        'an imported theme',
      ],
    },
  ],
  [
    'account',
    {
      invalid_input: ['a share with Ann', 'a grant to Ann'],
      not_found: [
        'a changed member',
        'an active theme',
        'an active view',
        'preferences',
        'a view',
        'a copy of a view',
        'a theme',
        'an imported theme',
        'a component',
      ],
      not_signed_in: ['a workspace', 'a name of a view', 'a layout by Ann'],
    },
  ],
  ['invited account', { not_signed_in: ['an accepted invitation'], conflict: ['a member, by a server'] }],
  [
    'workspace',
    {
      invitation_not_valid: ['an accepted invitation'],
      not_found: [
        'a member, by a server',
        'a saved layout',
        'a view with a layout',
        'an imported view',
        'a changed member',
        'an invitation',
        'a default of a role',
        'a role',
        'a share with a role',
        'a share with Ann',
        'a grant to a role',
        'a grant to Ann',
        'a default theme',
        'an active theme',
        'an active view',
        'a default view',
        'preferences',
        'a view',
        'a copy of a view',
        'a theme',
        'an imported theme',
        'a component',
        'a point of a metric',
        'an event of use',
        'a question',
        'a listing',
      ],
    },
  ],
]

const stories = answers.flatMap(([thing, late, lateToRemove = 'done']) =>
  Object.entries(late).flatMap(([code, names]) =>
    names.map((name): [string, Step, Step, string, string] => [
      `${thing}, ${name}`,
      goes[thing],
      made[name],
      code,
      lateToRemove,
    ]),
  ),
)

describe('at the same moment', () => {
  it.each(stories)('%s', async (_, removing, making, lateToMake, lateToRemove) => {
    worlds += 1
    const left = await createWorld(sessions.observer, worlds)
    expect(
      await overlap(
        sessions,
        (client) => removing(client, left),
        (client) => making(client, left),
      ),
    ).toEqual(['done', lateToMake])
    worlds += 1
    const kept = await createWorld(sessions.observer, worlds)
    expect(
      await overlap(
        sessions,
        (client) => making(client, kept),
        (client) => removing(client, kept),
      ),
    ).toEqual(['done', lateToRemove])
  })
})
