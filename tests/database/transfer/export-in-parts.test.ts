import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { dashboardPartSchema, exportDashboard, importDashboard } from '../../../types/dashboard-export.ts'
import { answerOf } from '../../../types/rpc-client.ts'
import { type ExportDocument, largestExport } from '../../../types/transfer.ts'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { insertFullViews, pastTriggers } from '../../support/dashboards/full-views.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import {
  exportDashboard as exportWhole,
  importDashboard as importOne,
} from '../../support/dashboards/transfer.ts'
import { insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { listOf, rpcAs } from '../../support/database/rpc.ts'
import { admin, ids, member, ours, outsider, suspended, theirs } from '../../support/people/cast.ts'

// A dashboard of any size: `member` exports, and `outsider` imports into a workspace of their own.

const story = policySuite()

const partOf = async (client: pg.Client, actor: Actor, after?: string) =>
  dashboardPartSchema.parse(
    await answerOf(rpcAs(client, actor), 'export_dashboard_part', {
      workspace_id: ours,
      ...(after !== undefined && { after }),
    }),
  )

/** The documents of all parts, with the ids of views that are in none, where the caller expects any. */
const partsOf = (client: pg.Client, actor: Actor, skipped?: string[]) =>
  listOf(
    exportDashboard(rpcAs(client, actor), ours, (views) =>
      skipped ? skipped.push(...views.map(({ id }) => id)) : expect.unreachable('No view is left out.'),
    ),
  )

/** Lets all widgets of a view show a version of the gauge, past the triggers. */
const showVersion = (client: pg.Client, viewId: string | undefined, version: string) =>
  pastTriggers(client, 'widgets', 'update public.widgets set component_version = $2 where view_id = $1', [
    viewId,
    version,
  ])

const idsOf = (documents: ExportDocument[]) => documents.flatMap(({ views }) => views.map(({ id }) => id))

const choose = (client: pg.Client, patch: object) =>
  actAs(client, member, 'select public.patch_preferences($1, $2)', [ours, JSON.stringify(patch)])

describe('the export of a dashboard in parts', () => {
  it(
    'of a small one is one part, and that is the whole',
    story(async (client) => {
      await makeTheme(client, member, 'personal')
      const view = await makeView(client, member)
      await choose(client, { theme_mode: 'dark', active_theme_id: 'ocean', active_dashboard_view: view })
      const { document, next, skipped } = await partOf(client, member)
      expect([next, skipped]).toEqual([null, []])
      expect(document).toEqual(await exportWhole(client, member))
    }),
  )

  it(
    'holds what one document cannot, and every part can be imported',
    onPremium(story)(async (client) => {
      const [first = '', second = ''] = await insertFullViews(client, ids.member, 2)
      const theme = await makeTheme(client, member, 'personal')
      await choose(client, {
        theme_mode: 'dark',
        active_theme_id: theme,
        active_dashboard_view: second,
        extras: { 'app:density': 'high' },
      })
      await actAs(client, member, 'select public.set_default_view($1, $2)', [ours, first])
      expect(await clientError(exportWhole(client, member))).toMatchObject({
        status: 409,
        code: 'conflict',
        hint: expect.stringContaining('export_dashboard_part'),
      })

      const parts = await partsOf(client, member)
      expect(idsOf(parts)).toEqual([first, second])
      expect(parts).toMatchObject([
        {
          components: [{ id: 'gauge' }],
          themes: [{ id: theme }],
          views: [{ isDefault: true }],
          preferences: { theme_mode: 'dark', active_theme_id: theme, extras: { 'app:density': 'high' } },
        },
        { components: [{ id: 'gauge' }], themes: [], preferences: { active_dashboard_view: second } },
      ])
      expect(parts[1]?.preferences).toEqual({ active_dashboard_view: second })

      const reports = await listOf(importDashboard(rpcAs(client, outsider), theirs, parts))
      expect(reports.map(({ skipped }) => skipped)).toEqual([[], []])
      expect(reports.map(({ components }) => components.map(({ outcome }) => outcome))).toEqual([
        ['published'],
        ['used'],
      ])
      const { rows } = await client.query(
        `select p.theme_mode, p.active_theme_id, p.default_dashboard_view, p.active_dashboard_view,
           p.extras, (select count(*)::integer from public.widgets w where w.workspace_id = $1) as widgets
         from public.preferences p where p.workspace_id = $1`,
        [theirs],
      )
      expect(rows).toEqual([
        {
          theme_mode: 'dark',
          active_theme_id: reports[0]?.themes[0]?.id,
          default_dashboard_view: reports[0]?.views[0]?.id,
          active_dashboard_view: reports[1]?.views[0]?.id,
          extras: { 'app:density': 'high' },
          widgets: 400,
        },
      ])

      const [one, other] = parts
      const joined = { ...one, views: [...(one?.views ?? []), ...(other?.views ?? [])] }
      expect(await clientError(importOne(client, outsider, joined, theirs))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: '',
        hint: expect.stringContaining('export_dashboard_part'),
      })
    }),
    60_000,
  )

  it(
    'loses no widget of a later part that shows a lower version of a component',
    onPremium(story)(async (client) => {
      const [first] = await insertFullViews(client, ids.member, 2)
      const configSchema = { type: 'object', properties: { unit: { type: 'string' } } } as const
      for (const version of ['9.0.0', '8.0.0']) await insertComponent(client, ours, { version, configSchema })
      await showVersion(client, first, '9.0.0')
      const parts = await partsOf(client, member)
      expect(parts.map(({ components }) => components.map(({ version }) => version))).toEqual([
        [gauge.version, '9.0.0'],
        [gauge.version],
      ])
      const reports = await listOf(importDashboard(rpcAs(client, outsider), theirs, parts))
      expect(reports.map(({ skipped }) => skipped)).toEqual([[], []])
    }),
    60_000,
  )

  it(
    'takes no more lower versions along than an import takes',
    onPremium(story)(async (client) => {
      const [first, second] = await insertFullViews(client, ids.member, 2, 10)
      await client.query(
        `insert into public.component_versions (workspace_id, component_key, version, title, description, icon,
           allowed_roles, size_config, default_config, config_schema)
         select workspace_id, component_key, n || '.0.0', title, description, icon, allowed_roles, size_config,
           default_config, config_schema
         from public.component_versions, generate_series(2, 300) as n`,
      )
      await pastTriggers(
        client,
        'widgets',
        `update public.widgets
         set component_version = case view_id when $1 then '300.0.0' else y::integer + 1 || '.0.0' end
         where view_id in ($1, $2)`,
        [first, second],
      )
      const parts = await partsOf(client, member)
      expect(parts.map(({ components }) => components.length)).toEqual([200, 200])
      expect(idsOf(parts)).toEqual([first, second])
    }),
    60_000,
  )

  it(
    'goes past a view that no document can contain, and names it',
    onPremium(story)(async (client) => {
      const [first, large, next, last] = await insertFullViews(client, ids.member, 4)
      await insertComponent(client, ours, { version: '9.0.0', description: 'x'.repeat(1_500_000) })
      for (const view of [large, last]) await showVersion(client, view, '9.0.0')
      await client.query('update public.dashboard_views set name = $2 where id = $1', [large, 'Too large'])

      const { next: place } = await partOf(client, member)
      const part = await partOf(client, member, place ?? '')
      expect(part).toMatchObject({
        document: { components: [{ version: gauge.version }], views: [{ id: next }] },
        next: expect.any(String),
        skipped: [
          { id: large, name: 'Too large', code: 'conflict', message: expect.stringContaining('4 MiB') },
        ],
      })
      const skipped: string[] = []
      expect(idsOf(await partsOf(client, member, skipped))).toEqual([first, next])
      expect(skipped).toEqual([large, last])

      // The one that is left fits nowhere, and is no dashboard without a view.
      await client.query('update public.dashboard_views set deleted_at = now() where id = any ($1)', [
        [first, next, last],
      ])
      expect(await partOf(client, member)).toMatchObject({
        document: { components: [], views: [] },
        next: null,
        skipped: [{ id: large }],
      })
      expect(await clientError(exportWhole(client, member))).toMatchObject({ status: 409, code: 'conflict' })
    }),
    60_000,
  )

  it(
    'holds a view by itself that export_view takes, if it is larger than a part is otherwise',
    story(async (client) => {
      const [view_id = '', later] = [await makeView(client, member), await makeView(client, member)].sort()
      await insertComponent(client, ours, {})
      await insertWidget(client, { view_id, component_key: gauge.id, config: { unit: 'l' } })
      await choose(client, { active_dashboard_view: view_id })
      const partBesides = async (length: number) => {
        const sql = "update public.component_versions set description = repeat('x', $1)"
        await pastTriggers(client, 'component_versions', sql, [length])
        // With a second column it is read as it is: no schema takes such a description.
        const { rows } = await actAs<{ part: { document: object; next: string | null; skipped: object[] } }>(
          client,
          member,
          'select public.export_dashboard_part($1) as part, true as is_raw',
          [ours],
        )
        return rows[0]?.part
      }
      const around = await partBesides(0)
      const { rows } = await client.query<{ bytes: number }>(
        `select octet_length(jsonb_set(d, '{views}', jsonb_build_array(d #> '{views,0}'))::text) as bytes
         from cast($1 as jsonb) as d`,
        [JSON.stringify(around?.document)],
      )
      const room = largestExport - (rows[0]?.bytes ?? 0)
      expect(await partBesides(room)).toMatchObject({
        document: { components: [{}], views: [{ id: view_id }] },
        next: expect.any(String),
        skipped: [],
      })
      expect(await partBesides(room + 1)).toMatchObject({
        document: { components: [], views: [{ id: later }] },
        next: null,
        skipped: [{ id: view_id }],
      })
    }),
  )

  it(
    'takes lower versions along while there is room, and an import tells of the widgets of the others',
    onPremium(story)(async (client) => {
      const [full = '', small] = await insertFullViews(client, ids.member, 2)
      const configSchema = { type: 'object', properties: { unit: { type: 'string' } } } as const
      const defaultConfig = { unit: 'x'.repeat(15_000) }
      await insertComponent(client, ours, { version: '300.0.0', configSchema })
      for (let number = 2; number <= 150; number++)
        await insertComponent(client, ours, { version: `${number}.0.0`, configSchema, defaultConfig })
      await showVersion(client, full, '300.0.0')
      await pastTriggers(
        client,
        'widgets',
        `update public.widgets set config = '{"unit": "l"}', component_version = least(y + 1, 150)::integer || '.0.0'
         where view_id = $1`,
        [small],
      )
      const parts = await partsOf(client, member)
      expect(idsOf(parts)).toEqual([full, small])
      const [taken, all] = parts.map(({ components }) => components.length)
      expect(all).toBe(149)
      // Beside three of 4 MiB there is room for some seventy.
      expect(taken).toBeGreaterThan(50)
      expect(taken).toBeLessThan(100)

      const reports = await listOf(importDashboard(rpcAs(client, outsider), theirs, parts))
      expect(reports[0]?.skipped).toEqual([])
      const lost = reports[1]?.skipped ?? []
      expect(new Set(lost.map(({ code }) => code))).toEqual(new Set(['conflict']))
      expect(lost.filter(({ path }) => path.startsWith('components.'))).toHaveLength(150 - (taken ?? 0))
      expect(lost.filter(({ path }) => path.startsWith('views.')).length).toBeGreaterThan(0)
    }),
    60_000,
  )

  it(
    'loses and repeats nothing where views come and go between two parts',
    story(async (client) => {
      const [first, second, third] = await insertFullViews(client, ids.member, 3)
      const part = await partOf(client, member)
      expect(idsOf([part.document])).toEqual([first])
      await client.query('update public.dashboard_views set deleted_at = now() where id = any ($1)', [
        [first, second],
      ])
      const late = await makeView(client, member)
      const rest = await partOf(client, member, part.next ?? '')
      expect(idsOf([rest.document])).toEqual([third, late])
      expect(rest).toMatchObject({ next: null, document: { preferences: {} } })
    }),
    30_000,
  )

  it(
    'holds nothing of another person, whatever place it begins at',
    story(async (client) => {
      await insertView(client, { owner_id: ids.admin })
      const mine = await insertView(client, { owner_id: ids.member })
      const before = JSON.stringify(['', '-infinity', '00000000-0000-0000-0000-000000000000'])
      const { rows } = await client.query<{ place: string }>(
        `select jsonb_build_array('views', v.created_at - interval '1 second', v.id)::text as place
         from public.dashboard_views v where v.owner_id = $1`,
        [ids.admin],
      )
      for (const after of [before, rows[0]?.place])
        expect(idsOf([(await partOf(client, member, after)).document])).toEqual([mine])
    }),
  )

  it(
    'holds up to 64 KiB less a part than an import takes, for what stands around the lists',
    story(async (client) => {
      const views = [await makeView(client, member), await makeView(client, member)].sort()
      await insertComponent(client, ours, {})
      const widget = { view_id: views[1] ?? '', component_key: gauge.id, config: { unit: 'l' } }
      await insertWidget(client, widget)
      /** Whether all of it is one part, with a component that is described by so many letters. */
      const isOne = async (length: number) => {
        const sql = "update public.component_versions set description = repeat('x', $1)"
        await pastTriggers(client, 'component_versions', sql, [length])
        const part = "select public.export_dashboard_part($1) ->> 'next' is null as is_one"
        return (await actAs<{ is_one: boolean }>(client, member, part, [ours])).rows[0]?.is_one
      }
      expect(await isOne(0)).toBe(true)
      // As Postgres writes it, and with the list of no components that the first view needs.
      const { rows } = await client.query<{ bytes: number }>(
        `select octet_length(d #>> '{views,0}') + octet_length('[]') + octet_length(d #>> '{views,1}')
           + octet_length(d ->> 'components') as bytes
         from cast($1 as jsonb) as d`,
        [JSON.stringify((await partOf(client, member)).document)],
      )
      const room = largestExport - 65_536 - (rows[0]?.bytes ?? 0)
      expect([await isOne(room), await isOne(room + 1)]).toEqual([true, false])
    }),
  )

  it(
    'holds at most 200 components a part, which is what an import takes',
    onPremium(story)(async (client) => {
      // Those of one moment come in the order of their ids.
      const views = [
        await makeView(client, member),
        await makeView(client, member),
        await makeView(client, member),
      ].sort()
      for (let number = 0; number <= 200; number++) {
        const component_key = `part-${number}`
        await insertComponent(client, ours, { id: component_key })
        const view_id = views[Math.trunc(number / 100)] ?? ''
        await insertWidget(client, { view_id, component_key, y: number, config: { unit: 'l' } })
      }
      const parts = await partsOf(client, member)
      expect(idsOf(parts)).toEqual(views)
      expect(parts.map(({ components }) => components.length)).toEqual([200, 1])
    }),
    30_000,
  )

  it(
    'holds at most 200 themes a part: one’s own, and then the shared one that one has chosen',
    story(async (client) => {
      const shared = await makeTheme(client, admin, 'workspace')
      await choose(client, { active_theme_id: shared })
      await pastTriggers(
        client,
        'themes',
        `insert into public.themes (workspace_id, name, version, colors, radius, visibility, owner_id, created_at)
         select t.workspace_id, t.name, t.version, t.colors, t.radius, 'personal', $1,
           t.created_at - interval '1 hour' + n * interval '1 second'
         from public.themes t, generate_series(1, 200) as n`,
        [ids.member],
      )
      const parts = await partsOf(client, member)
      expect(parts.map(({ themes }) => themes.length)).toEqual([200, 1])
      expect(parts[1]).toMatchObject({ themes: [{ id: shared }], preferences: { active_theme_id: shared } })
    }),
  )

  it(
    'refuses what is no place, and who may not export',
    story(async (client) => {
      for (const after of ['', 'next', '[]', '{}', '["views"]', '["views", "yesterday or so", "1"]'])
        expect(await clientError(partOf(client, member, after)), after).toMatchObject({
          status: 400,
          code: 'invalid_input',
          details: 'after',
        })
      for (const actor of [outsider, suspended])
        expect(await clientError(partOf(client, actor))).toMatchObject({ status: 404, code: 'not_found' })
      expect((await partOf(client, admin)).document.views).toEqual([])
    }),
  )
})
