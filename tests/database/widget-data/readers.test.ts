import { describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { panelOf, panelSuite, panelView } from '../../support/dashboards/panels.ts'
import { createBoards, grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import {
  answers,
  dataOf,
  dataOfView,
  failed,
  fetched,
  questionOf,
  saveSource,
  shop,
} from '../../support/dashboards/widget-data.ts'
import { type Actor, anonymous, clientError, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createApiKey, machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

// What get_widget_data gives to whom.

const story = policySuite(createBoards)
const withPanels = panelSuite()
const initialView = '00000000-0000-4000-8000-000000000100'

interface Slice {
  key: string
  value: number
}

describe('who reads', () => {
  it(
    'gets the widgets of a view that they see, and nobody else gets any',
    withPanels(async (client) => {
      const { id } = await saveSource(client, { ...answers, allowedRoles: ['member', 'viewer'] })
      const open = await panelOf(client, id)
      await insertWidget(client, { view_id: panelView, component_key: 'total-revenue' })
      const withheld = await panelOf(client, id)
      await fetched(client, open, { data: { value: 42 } })
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: withheld,
        role_key: 'viewer',
        access: 'none',
      })
      expect(Object.keys(await dataOfView(client, admin, panelView))).toHaveLength(3)
      // One is for analysts, the other is withheld.
      const seen = Object.values(await dataOfView(client, viewer, panelView))
      expect(seen).toMatchObject([{ data: { value: 42 }, meta: { error: null } }])
      expect(await dataOf(client, viewer, withheld)).toBeUndefined()
      for (const actor of [outsider, suspended]) {
        expect(await clientError(dataOfView(client, actor, panelView))).toMatchObject({ code: 'not_found' })
        expect(await dataOf(client, actor, open)).toBeUndefined()
      }
      await expect(dataOfView(client, anonymous, panelView)).rejects.toMatchObject({ code: '42501' })
    }),
  )

  it(
    'gets no widget of a component that is not for them, where no widget is granted to anybody either',
    withPanels(async (client) => {
      const open = await panelOf(
        client,
        (await saveSource(client, { ...answers, allowedRoles: ['viewer'] })).id,
      )
      await fetched(client, open, { data: { value: 42 } })
      await insertWidget(client, { view_id: panelView, component_key: 'total-revenue' })
      expect(Object.values(await dataOfView(client, viewer, panelView))).toMatchObject([
        { data: { value: 42 } },
      ])
    }),
  )

  it(
    'and names several widgets gets those that they see',
    withPanels(async (client) => {
      const { id } = await saveSource(client, { ...answers, allowedRoles: ['viewer'] })
      const [open, withheld] = [await panelOf(client, id), await panelOf(client, id)]
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: withheld,
        role_key: 'viewer',
        access: 'none',
      })
      const named = (actor: Actor) =>
        call<Record<string, unknown>>(client, actor, 'get_widget_data', [null, [open, withheld]])
      expect(Object.keys(await named(admin))).toHaveLength(2)
      expect(Object.keys(await named(viewer))).toEqual([open])
    }),
  )

  it(
    'is told that it is not for them rather than that it failed',
    withPanels(async (client) => {
      const widget = await panelOf(client, (await saveSource(client, shop)).id)
      await fetched(client, widget, failed)
      for (const [actor, code] of [
        [member, 'source_failed'],
        [viewer, 'permission_denied'],
      ] as const)
        expect(await dataOf(client, actor, widget)).toMatchObject({ meta: { error: { code } } })
    }),
  )

  it(
    'and has no seat reads what their role does',
    withPanels(async (client) => {
      const widget = await panelOf(client, (await saveSource(client, answers)).id)
      await fetched(client, widget, { data: { value: 42 } })
      await setPlan(client, 'free')
      await limitFree(client, { members: 1 })
      const { rows } = await client.query(
        "select member_id from private.active_members where workspace_id = $1 and role_key = 'read only'",
        [ours],
      )
      expect(rows.map(({ member_id }) => member_id)).toContain(ids.member)
      for (const [actor, value] of [
        [member, { value: 42 }],
        [viewer, null],
      ] as const)
        expect(await dataOf(client, actor, widget)).toMatchObject({ data: value })
    }),
  )

  it(
    'gets no source that is not for their role, through whatever widget',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers)
      const shared = await panelOf(client, id)
      await fetched(client, shared, { data: { value: 42 } })
      const mine = await insertView(client, { owner_id: ids.viewer })
      const place = { view_id: mine, component_key: 'panel' }
      await insertComponent(client, ours, {
        ...{ id: 'feed', type: 'activity-feed', defaultConfig: {}, configSchema: { type: 'object' } },
      })
      const made = async (config: object, actor: Actor = viewer) =>
        insertWidget(client, { ...place, config }, actor)
      const own = [
        await made({ source: id }),
        await made({ source: 'metrics', query: { metric: 'revenue' } }),
        await made({ source: 'workspace', query: { about: 'usage' } }),
        await insertWidget(
          client,
          { ...place, component_key: 'feed', config: { source: 'workspace', query: { about: 'activity' } } },
          viewer,
        ),
      ]
      for (const widget of [shared, ...own])
        expect(await dataOf(client, viewer, widget)).toMatchObject({
          data: null,
          meta: { error: { code: 'permission_denied' } },
        })
      expect(await dataOf(client, member, shared)).toMatchObject({ data: { value: 42 } })
      expect(await call(client, viewer, 'widgets_to_refresh', [null, own, true])).toMatchObject({
        questions: [],
      })
    }),
  )

  it(
    'gets of a workspace and its metrics what their permissions are for, each by its own',
    story(async (client) => {
      const { rows } = await client.query<{ question: object; permission: string }>(
        `select jsonb_build_object('source', 'workspace', 'query', jsonb_build_object('about', t.about)) as question,
           t.permission
         from (
           select about, permission from private.workspace_topics
           union all values ('activity', 'audit.read'), ('members', 'members.read'), ('usage', 'dashboards.write')
         ) as t
         union all select '{"source": "metrics"}', 'dashboards.write'`,
      )
      expect(rows.length).toBeGreaterThan(4)
      for (const { question, permission } of rows) {
        const problem = async (condition: string, roles: string[] = ['member']) =>
          (
            await client.query(
              `select private.reading_problem($1, null, true, $2, array(
                 select key from public.permissions where key ${condition} $3)) ->> 'code' as code`,
              [question, roles, permission],
            )
          ).rows[0].code
        expect(await problem('='), JSON.stringify(question)).toBeNull()
        expect(await problem('<>'), JSON.stringify(question)).toBe('permission_denied')
        expect(await problem('<>', ['admin'])).toBeNull()
      }
    }),
  )

  it(
    'asks about metrics in the past as of then, and without a widget where their role writes dashboards',
    story(async (client) => {
      const view = await insertView(client)
      const widget = await insertWidget(client, { view_id: view, component_key: 'revenue-chart' })
      const asOf = new Date(Date.now() - 3_600_000)
      const past = await call<Record<string, unknown>>(client, member, 'get_widget_data', [
        null,
        [widget],
        asOf,
      ])
      expect(past[widget]).toMatchObject({
        data: expect.any(Object),
        meta: {
          question: await questionOf(client, widget),
          fetchedAt: expect.stringContaining(asOf.toISOString().slice(0, 19)),
          cacheUntil: null,
          stale: false,
          error: null,
        },
      })
      const ask = (actor: Actor, type = 'stats', at: Date | null = null) =>
        call(client, actor, 'query_metrics', [ours, type, { metric: 'revenue' }, at])
      expect(await ask(member)).toEqual(expect.any(Object))
      expect(await clientError(ask(viewer))).toMatchObject({
        code: 'permission_denied',
        details: 'dashboards.write',
      })
      expect(await clientError(ask(outsider))).toMatchObject({ code: 'not_found', details: 'workspace_id' })
      expect(await clientError(ask(member, 'quick-actions'))).toMatchObject({ details: 'type' })
      const later = new Date(Date.now() + 60_000)
      expect(await clientError(ask(member, 'stats', later))).toMatchObject({ details: 'as_of' })
    }),
  )

  it(
    'is told at most 50 things by its workspace: of what happened the latest, of the roles those that most have',
    story(async (client) => {
      const answer = async (type: string, about: string) => {
        const { rows } = await client.query(
          'select private.workspace_answer($1, $2, jsonb_build_object($3::text, $4::text)) as answer',
          [ours, type, 'about', about],
        )
        return rows[0].answer
      }
      await client.query(
        `insert into public.audit_log (
           workspace_id, actor_type, action, table_name, row_id, changes, occurred_at)
         select $1, 'system', 'update', 'table_' || n, 'a', '{}', now() + make_interval(mins => 60 - n)
         from generate_series(1, 51) as n`,
        [ours],
      )
      const { entries } = await answer('activity-feed', 'activity')
      expect(entries.map(({ type }: { type: string }) => type)).toEqual(
        Array.from({ length: 50 }, (_, place) => `table_${place + 1}`),
      )
      // A front end that says it in its own language goes by the type and the first word.
      expect(entries[0]).toMatchObject({ type: 'table_1', text: 'update table 1' })
      expect(await answer('stats', 'activity')).toBeNull()
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         select $1, 'role-' || lpad(n::text, 2, '0'), 'Role ' || n, '{}' from generate_series(1, 48) as n`,
        [ours],
      )
      const { slices } = await answer('chart-pie', 'members')
      expect(slices).toHaveLength(50)
      expect(slices.slice(0, 4).map(({ key, value }: Slice) => [key, value])).toEqual([
        ['admin', 1],
        ['member', 1],
        ['viewer', 1],
        ['role-01', 0],
      ])
      expect(slices.at(-1)).toMatchObject({ key: 'role-47' })
      const { items } = await answer('list', 'members')
      expect(items[0]).toEqual({ key: 'admin', title: 'Admin', value: 1 })
      // What is in the trash counts not, nor what is elsewhere.
      const views = async () =>
        (await answer('list', 'usage')).items.find(({ key }: Slice) => key === 'views').value
      const before = await views()
      await insertView(client, { deleted_at: new Date().toISOString() })
      await insertView(client, { workspace_id: theirs })
      expect(await views()).toBe(before)
      await insertView(client, {})
      expect(await views()).toBe(before + 1)
    }),
  )

  it(
    'keeps reading what a source of another plan said, and nothing of one that is gone',
    withPanels(async (client) => {
      const { id } = await saveSource(client, shop)
      const widget = await panelOf(client, id)
      await fetched(client, widget, { data: { value: 1 } })
      await setPlan(client, 'free')
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: { value: 1 },
        meta: { error: { code: 'payment_required' } },
      })
      await call(client, admin, 'delete_data_source', [ours, id])
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: null,
        meta: { error: { code: 'not_found' } },
      })
    }),
  )

  it(
    'is told that data is stale where a refresh mends it, and nowhere else',
    withPanels(async (client) => {
      const { id } = await saveSource(client, { ...shop, allowedRoles: ['member'] })
      const widget = await panelOf(client, id)
      const told = async (actor = member) => (await dataOf(client, actor, widget))?.meta
      expect(await told()).toMatchObject({ stale: true, error: null })
      expect(await told(viewer)).toMatchObject({ stale: false, error: { code: 'permission_denied' } })
      await setPlan(client, 'free')
      expect(await told()).toMatchObject({ stale: false, error: { code: 'payment_required' } })
      await setPlan(client, 'premium')
      expect(await told()).toMatchObject({ stale: true })
      await call(client, admin, 'delete_data_source', [ours, id])
      expect(await told()).toMatchObject({ stale: false, error: { code: 'not_found' } })
    }),
  )

  it(
    'may name a source of another workspace, and gets nothing of it',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers, { actor: outsider, workspace: theirs })
      const widget = await panelOf(client, id)
      expect(await dataOf(client, admin, widget)).toMatchObject({
        data: null,
        meta: { error: { code: 'not_found' } },
      })
      expect(await call(client, admin, 'widgets_to_refresh', [null, [widget], true])).toMatchObject({
        questions: [],
      })
    }),
  )

  it(
    'with an API key gets what its scopes and its maker allow, and nothing once it is revoked',
    withPanels(async (client) => {
      const { id } = await saveSource(client, { ...answers, allowedRoles: ['viewer'] })
      const open = await panelOf(client, id)
      await fetched(client, open, { data: { value: 42 } })
      const writersOnly = await saveSource(client, { ...answers, name: 'For writers', data: { value: 43 } })
      const closed = await panelOf(client, writersOnly.id)
      await fetched(client, closed, { data: { value: 43 } })
      const key = await createApiKey(client, ['dashboards.read', 'components.read'])
      const [reader, writer, other] = [
        person(key.id),
        await machine(client, ['dashboards.read', 'dashboards.write', 'components.read']),
        await machine(client, ['workspace.read', 'metrics.write']),
      ]
      const seen = { data: { value: 42 }, meta: { error: null } }
      const denied = { data: null, meta: { error: { code: 'permission_denied' } } }

      expect(await dataOf(client, reader, open)).toMatchObject(seen)
      expect(Object.values(await dataOfView(client, reader, panelView))).toHaveLength(2)
      expect(await dataOf(client, reader, closed)).toMatchObject(denied)
      expect(await dataOf(client, writer, closed)).toMatchObject({ data: { value: 43 } })
      expect(await clientError(dataOfView(client, other, panelView))).toMatchObject({ code: 'not_found' })
      expect(await dataOf(client, other, open)).toBeUndefined()

      const elsewhere = await insertView(client, { workspace_id: theirs })
      expect(await clientError(dataOfView(client, reader, elsewhere))).toMatchObject({ code: 'not_found' })
      await call(client, admin, 'revoke_api_key', [key.id])
      expect(await clientError(dataOfView(client, reader, panelView))).toMatchObject({ code: 'not_found' })
      expect(await dataOf(client, reader, open)).toBeUndefined()
    }),
  )

  it(
    'of the initial view, which is stored nowhere, gets what their role sees',
    story(async (client) => {
      const initial = (actor: Actor, workspace: string | null = ours) =>
        call<Record<string, unknown>>(client, actor, 'get_widget_data', [initialView, null, null, workspace])
      expect(Object.keys(await initial(admin))).toHaveLength(8)
      expect(Object.keys(await initial(viewer)).length).toBeLessThan(8)
      for (const [workspace, code] of [
        [theirs, 'not_found'],
        [null, 'invalid_input'],
      ] as const)
        expect(await clientError(initial(admin, workspace))).toMatchObject({ code, details: 'workspace_id' })
    }),
  )

  it(
    'of a workspace gets nothing of another, although they are in both',
    story(async (client) => {
      const elsewhere = await insertView(client, { workspace_id: theirs })
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.member],
      )
      for (const [name, values] of [
        ['get_widget_data', (workspace: string) => [elsewhere, null, null, workspace]],
        ['widgets_to_refresh', (workspace: string) => [elsewhere, null, false, workspace]],
        ['get_view', (workspace: string) => [elsewhere, workspace]],
      ] as const) {
        expect(await call(client, member, name, values(theirs))).toBeTruthy()
        expect(await clientError(call(client, member, name, values(ours)))).toMatchObject({
          code: 'not_found',
          details: 'view_id',
        })
      }
    }),
  )

  it.each<[details: string, values: unknown[]]>([
    ['view_id', [null, null]],
    ['view_id', [initialView, []]],
    ['widget_ids', [null, Array(201).fill(initialView)]],
  ])('is told which %s to give', (details, values) =>
    story(async (client) => {
      expect(await call(client, member, 'get_widget_data', [null, Array(200).fill(initialView)])).toEqual({})
      expect(await clientError(call(client, member, 'get_widget_data', values))).toMatchObject({
        code: 'invalid_input',
        details,
      })
    })(),
  )
})
