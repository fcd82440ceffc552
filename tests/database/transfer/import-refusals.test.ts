import { describe, expect, it } from 'vitest'
import { gauge } from '../../support/dashboards/components.ts'
import { contractView, layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { contractTheme } from '../../support/dashboards/themes.ts'
import {
  dashboardOf,
  everythingWritten,
  importDashboard,
  importView,
  preferencesOf,
} from '../../support/dashboards/transfer.ts'
import { clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { overEveryLimit } from '../../support/people/plan.ts'

// What no import takes: documents that are wrong, and people who may not. Nothing of it is written.

const story = policySuite()
const premiumStory = onPremium(story)

describe('a document that is wrong', () => {
  const [first, second] = dashboardOf().views
  const withWidget = (changes: object) => ({
    ...dashboardOf(),
    views: [first, { ...second, layout: layoutOf(widget(), { ...widget(), ...changes }) }],
  })
  const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)

  it.each<[string, string, unknown]>([
    ['of another version', 'version', { ...dashboardOf(), version: 2, more: [] }],
    ['of another version, whatever its keys mean', 'version', { ...dashboardOf(), version: 2, themes: [{}] }],
    ['of another format', 'format', { ...dashboardOf(), format: 'grafana' }],
    ['that is null', '', null],
    ['that is a list', '', [dashboardOf()]],
    ['that is a list of its keys', '', Object.keys(dashboardOf())],
    ['that is the name of a key', '', 'version'],
    [
      'that is the export of a view',
      'kind',
      { ...dashboardOf({ kind: 'view', themes: [], views: [contractViewPart()] }), preferences: undefined },
    ],
    [
      'with a widget beyond the grid',
      'views.1.layout.widgets.1.position.width',
      withWidget({ position: { x: 11, y: 0, width: 2, height: 1 } }),
    ],
    [
      'with a configuration that its component does not take',
      'views.1.layout.widgets.1.config.limit',
      withWidget({ config: { limit: 'many' } }),
    ],
    [
      'with a prototype in a configuration',
      'views.1.layout.widgets.1.config',
      withWidget({ config: ownKey('__proto__', {}) }),
    ],
    [
      'with a deeply nested configuration',
      'views.1.layout.widgets.1.config',
      withWidget({ config: nested(100) }),
    ],
    [
      'with 201 widgets',
      'views.0.layout.widgets',
      {
        ...dashboardOf(),
        views: [{ ...first, layout: layoutOf(...Array.from({ length: 201 }, () => widget())) }],
        preferences: undefined,
      },
    ],
    [
      'with a name that is no line',
      'views.0.name',
      { ...dashboardOf(), views: [{ ...first, name: '\u202e\u200b' }, second] },
    ],
    [
      'with CSS in a color',
      'themes.0.colors.light.ring',
      {
        ...dashboardOf(),
        themes: [
          {
            ...contractTheme,
            id: 'paper',
            colors: {
              ...contractTheme.colors,
              light: { ...contractTheme.colors.light, ring: 'url(https://example.com)' },
            },
          },
        ],
      },
    ],
    [
      'with two views of one id',
      'views.1.id',
      { ...dashboardOf(), views: [first, { ...second, id: 'first' }] },
    ],
    [
      'with two defaults',
      'views.1.isDefault',
      { ...dashboardOf(), views: [{ ...first, isDefault: true }, second] },
    ],
    [
      'with a theme of elsewhere',
      'preferences.active_theme_id',
      {
        ...dashboardOf(),
        preferences: {
          ...preferencesOf(),
          active_theme_id: 'abcdef01-0000-4000-8000-000000000001',
        },
      },
    ],
    [
      'with a view of elsewhere',
      'preferences.active_dashboard_view',
      {
        ...dashboardOf(),
        preferences: {
          ...preferencesOf(),
          active_dashboard_view: '00000000-0000-4000-8000-000000000001',
        },
      },
    ],
    [
      'with a theme that is a number',
      'preferences.active_theme_id',
      { ...dashboardOf(), preferences: { active_theme_id: 5 } },
    ],
    [
      'with extras of more than 16 KiB',
      'preferences.extras',
      { ...dashboardOf(), preferences: { extras: extrasOf(16_385) } },
    ],
    [
      'with a component whose schema has a pattern',
      'components.0.configSchema.pattern',
      { ...dashboardOf(), components: [{ ...gauge, configSchema: { type: 'object', pattern: '(a+)+' } }] },
    ],
    [
      'with a component that is built in',
      'components.0.id',
      { ...dashboardOf(), components: [{ ...gauge, id: 'total-revenue' }] },
    ],
    ['of 201 themes', 'themes', { ...dashboardOf(), themes: Array(201).fill(contractTheme) }],
    ['of 5 MB', '', { ...dashboardOf(), views: [{ ...first, name: 'x'.repeat(5_000_000) }] }],
  ])('%s is refused by its path, and nothing is written', (_, path, document) =>
    premiumStory(async (client) => {
      const before = await everythingWritten(client)
      const error = await clientError(importDashboard(client, admin, document))
      expect(error).toMatchObject({ status: 400, code: 'invalid_input', details: path })
      expect(await everythingWritten(client)).toEqual(before)
      expect((await importDashboard(client, admin, dashboardOf())).skipped).toEqual([])
    })(),
  )

  it.each<[string, string, unknown]>([
    ['of a dashboard', 'kind', dashboardOf()],
    ['of another version', 'version', { ...dashboardOf(), version: 2 }],
    ['without a name', 'name', { layout: contractView.layout }],
    [
      'with a widget beyond the grid',
      'layout.widgets.0.position.x',
      { name: 'V', layout: layoutOf(widget({ position: { x: 12, y: 0, width: 1, height: 1 } })) },
    ],
    [
      'with a configuration of 5 MB',
      'layout.widgets.0.config',
      { name: 'V', layout: layoutOf(widget({ config: { note: 'x'.repeat(5_000_000) } })) },
    ],
  ])('%s is refused where a view is imported', (_, path, document) =>
    story(async (client) => {
      expect(await clientError(importView(client, admin, document))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: path,
      })
      expect((await everythingWritten(client)).views).toBeNull()
      expect((await importView(client, admin, contractView)).views).toHaveLength(1)
    })(),
  )

  it(
    'is one of more than 4 MiB, or with extras of more than 16 KiB, and not one of as much',
    story(async (client) => {
      const problem = async (name: string, document: unknown) =>
        (await client.query(`select private.${name}_problem($1) as problem`, [JSON.stringify(document)]))
          .rows[0]?.problem
      const lists = { note: '', views: [], themes: [], components: [] }
      const around = '{"note": "", "views": [], "themes": [], "components": []}'.length
      const ofBytes = (bytes: number) => ({ ...lists, note: 'x'.repeat(bytes - around) })
      expect(await problem('exported_lists', ofBytes(4_194_304))).toBeNull()
      expect(await problem('exported_lists', ofBytes(4_194_305))).toMatchObject({ path: '' })
      const document = dashboardOf({ preferences: { extras: extrasOf(16_384) } })
      expect(await problem('exported_preferences', document)).toBeNull()
      expect((await importDashboard(client, member, document)).preferences).toEqual({
        extras: extrasOf(16_384),
      })
    }),
  )

  it(
    'in several ways is refused for the first of them',
    story(async (client) => {
      const bad = { ...widget(), more: 1, instanceId: 1, position: { x: -1, y: -1, width: 1, height: 1 } }
      const { more: _, ...known } = bad
      const layout = layoutOf(bad as never)
      const path = async (call: string, document: unknown) =>
        (await client.query(`select private.${call} ->> 'path' as path`, [JSON.stringify(document)])).rows[0]
          ?.path
      for (const [call, document, first] of [
        ["position_problem('', $1)", bad.position, 'x'],
        ["widget_problem('w', $1)", bad, 'w.more'],
        ["widget_problem('w', $1)", known, 'w.instanceId'],
        ['layout_problem($1)', { ...layout, more: 1, version: 2 }, 'more'],
        ['layout_problem($1)', { ...layout, version: 2, gridColumns: 1 }, 'version'],
        ['view_problem($1)', { name: '', layout, more: 1, id: ' ' }, 'more'],
        ['view_problem($1)', { name: '', layout, id: ' ' }, 'id'],
        ['resolve_problem($1)', { version: 0, choices: [], more: 1 }, 'resolve.more'],
        ['theme_problem($1)', { ...contractTheme, more: 1, id: ' ' }, 'more'],
        ['theme_metadata_problem($1)', { more: 1, author: 1 }, 'metadata.more'],
        ['component_problem($1)', { ...gauge, more: 1, id: ' ' }, 'more'],
        ['exported_preferences_problem($1)', { preferences: { more: 1, locale: 1 } }, 'preferences.more'],
        ["exported_part_problem('views', $1, 'views.0')", { name: '', layout }, 'views.0.name'],
        [
          "exported_part_problem('themes', $1, 'themes.0')",
          { ...contractTheme, id: undefined, name: '' },
          'themes.0.name',
        ],
        ['export_problem($1)', { version: 2, more: 1 }, 'version'],
      ] as const)
        expect(await path(call, document), call).toBe(first)

      const wrong = { ...dashboardOf(), exportedAt: 'soon' }
      const [theme] = wrong.themes
      for (const [attempt, document, details] of [
        [importView, wrong, 'exportedAt'],
        [importDashboard, { ...wrong, kind: 'view' }, 'exportedAt'],
        [importDashboard, { ...wrong, themes: [{ ...theme, name: '' }] }, 'themes.0.name'],
      ] as const)
        expect(await clientError(attempt(client, admin, document))).toMatchObject({
          code: 'invalid_input',
          details,
        })
    }),
  )

  it(
    'late is refused with everything that came before it',
    premiumStory(async (client) => {
      // The last place but one of a person; components, themes and the first view are written by then.
      await client.query(
        `insert into public.dashboard_views (workspace_id, name, owner_id)
         select $1, 'One of many', $2 from generate_series(1, 199)`,
        [ours, ids.admin],
      )
      const before = await everythingWritten(client)
      expect(await clientError(importDashboard(client, admin, dashboardOf()))).toMatchObject({
        status: 409,
        ...overEveryLimit('views', 200),
      })
      expect(await everythingWritten(client)).toEqual(before)
      expect(before.components).toBeNull()
      expect(before.themes).toBeNull()
    }),
  )

  it(
    'with a script in a name is refused, and nothing is written',
    story(async (client) => {
      const before = await everythingWritten(client)
      const view = { ...contractView, name: '<script>alert(1)</script>' }
      expect(await clientError(importView(client, admin, view))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'name',
      })
      expect(await everythingWritten(client)).toEqual(before)
    }),
  )

  it(
    'with a visibility that is none is refused',
    story(async (client) => {
      expect(await clientError(importView(client, admin, contractView, ours, 'public'))).toMatchObject({
        code: 'invalid_input',
        details: 'visibility',
      })
    }),
  )
})

describe('an import is refused', () => {
  it.each([
    [
      'a role that arranges nothing',
      viewer,
      ours,
      { status: 403, code: 'permission_denied', details: 'dashboards.arrange' },
    ],
    ['an outsider', outsider, ours, { status: 404, code: 'not_found', details: 'workspace_id' }],
    ['a suspended member', suspended, ours, { status: 404, code: 'not_found', details: 'workspace_id' }],
    ['a member elsewhere', member, theirs, { status: 404, code: 'not_found', details: 'workspace_id' }],
  ])('to %s, before the document is looked at', (_, actor, workspaceId, refusal) =>
    story(async (client) => {
      await giveCustomRole(client, 'custom', ['dashboards.read'], [ids.viewer])
      const before = await everythingWritten(client)
      for (const document of [dashboardOf(), { version: 2 }])
        expect(await clientError(importDashboard(client, actor, document, workspaceId))).toMatchObject(
          refusal,
        )
      for (const document of [contractView, {}])
        expect(await clientError(importView(client, actor, document, workspaceId))).toMatchObject(refusal)
      expect(await everythingWritten(client)).toEqual(before)
    })(),
  )
})

/** Extras that take so many bytes as text. */
function extrasOf(bytes: number) {
  return { 'app:x': 'x'.repeat(bytes - '{"app:x": ""}'.length) }
}

function contractViewPart() {
  return { ...contractView, id: 'overview' }
}

/** An object with a key that an object literal would take for its prototype. */
function ownKey(key: string, value: unknown): object {
  return Object.defineProperty({}, key, { value, enumerable: true })
}
