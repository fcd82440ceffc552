import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { preferencesPatchSchema, preferencesSchema } from '../../../types/preferences.ts'
import { makeTheme, themeColumns } from '../../support/dashboards/themes.ts'
import { insertShare, insertView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'

const story = policySuite()

const nothingSet = {
  locale: null,
  theme_mode: 'system',
  active_theme_id: null,
  sidebar_collapsed: false,
  active_dashboard_view: null,
  extras: {},
}

async function get(client: pg.Client, actor: Actor): Promise<unknown> {
  const { rows } = await actAs(client, actor, 'select public.get_preferences($1) as answer', [ours])
  return rows[0]?.answer
}

async function patch(client: pg.Client, actor: Actor, change: unknown): Promise<unknown> {
  const { rows } = await actAs(client, actor, 'select public.patch_preferences($1, $2) as answer', [
    ours,
    JSON.stringify(change),
  ])
  return rows[0]?.answer
}

async function session(client: pg.Client): Promise<unknown> {
  const { rows } = await actAs(client, viewer, 'select public.session_context() as answer')
  return rows[0]?.answer.workspaces[0].preferences
}

describe('preferences', () => {
  it(
    'take what somebody else has chosen for nobody’s choice but theirs',
    story(async (client) => {
      await giveRole(client, 'painter', ['themes.read', 'themes.write', 'dashboards.read'], [ids.viewer])
      const active_theme_id = await makeTheme(client, viewer, 'personal')
      const view = await insertView(client, { owner_id: ids.viewer })
      expect(await patch(client, viewer, { active_theme_id, active_dashboard_view: view })).toMatchObject({
        active_theme_id,
        active_dashboard_view: view,
      })
      for (const change of [{ active_theme_id }, { active_dashboard_view: view }])
        expect(await clientError(patch(client, member, change))).toMatchObject({
          code: 'invalid_input',
          details: Object.keys(change)[0],
        })
      expect(await get(client, member)).toEqual(nothingSet)
    }),
  )

  it(
    'name no theme to whom themes are closed since, and do again when they are opened',
    story(async (client) => {
      const give = (...permissions: string[]) => giveRole(client, 'reader', permissions, [ids.viewer])
      await give('themes.read', 'dashboards.read')
      await patch(client, viewer, { active_theme_id: 'ocean' })
      const set = (permissions: string[]) =>
        client.query("update public.workspace_roles set permissions = $1 where key = 'reader'", [permissions])
      await set(['dashboards.read'])
      expect(await get(client, viewer)).toEqual(nothingSet)
      await set(['dashboards.read', 'themes.read'])
      expect(await get(client, viewer)).toEqual({ ...nothingSet, active_theme_id: 'ocean' })
    }),
  )

  it(
    'are complete before anything is set, and change by what a patch names',
    story(async (client) => {
      expect(preferencesSchema.parse(await get(client, viewer))).toEqual(nothingSet)
      const view = await insertView(client)
      await patch(client, viewer, { locale: 'pt-BR', theme_mode: 'dark', active_dashboard_view: view })
      await patch(client, viewer, { sidebar_collapsed: true, active_theme_id: 'ocean' })
      const all = {
        locale: 'pt-BR',
        theme_mode: 'dark',
        active_theme_id: 'ocean',
        sidebar_collapsed: true,
        active_dashboard_view: view,
        extras: {},
      }
      expect(preferencesSchema.parse(await get(client, viewer))).toEqual(all)
      expect(await get(client, member)).toEqual(nothingSet)
      const reset = Object.fromEntries(Object.keys(all).map((key) => [key, null]))
      expect(await patch(client, viewer, preferencesPatchSchema.parse(reset))).toEqual(nothingSet)
    }),
  )

  it(
    'have extras that are patched key by key',
    story(async (client) => {
      await patch(client, viewer, { extras: { 'app:density': 'high', 'app:pins': [1, { a: null }] } })
      expect(await patch(client, viewer, { extras: { 'app:density': null, 'other.app:x': 0 } })).toEqual({
        ...nothingSet,
        extras: { 'app:pins': [1, { a: null }], 'other.app:x': 0 },
      })
    }),
  )

  it(
    'have extras of up to 16 KiB',
    story(async (client) => {
      const most = 16_384 - '{"app:x": ""}'.length
      const extras = { 'app:x': 'x'.repeat(most) }
      expect(await patch(client, viewer, { extras })).toMatchObject({ extras })
      expect(
        await clientError(patch(client, viewer, { extras: { 'app:x': 'x'.repeat(most + 1) } })),
      ).toMatchObject({ status: 400, code: 'invalid_input', details: 'extras' })
      expect(await get(client, viewer)).toMatchObject({ extras })
    }),
  )

  it(
    'are each person’s own, beside those of others in the workspace',
    story(async (client) => {
      const own: [Actor, object][] = [
        [admin, { locale: 'de', extras: { 'app:admin': 1 } }],
        [member, { theme_mode: 'dark', extras: { 'app:member': 1 } }],
        [viewer, { sidebar_collapsed: true, extras: { 'app:viewer': 1 } }],
      ]
      for (const [actor, change] of own) await patch(client, actor, change)
      for (const [actor, change] of own.toReversed())
        expect(await patch(client, actor, { active_theme_id: 'ocean' })).toEqual({
          ...nothingSet,
          ...change,
          active_theme_id: 'ocean',
        })
      for (const [actor, change] of own)
        expect(await get(client, actor)).toEqual({ ...nothingSet, ...change, active_theme_id: 'ocean' })
    }),
  )

  it(
    'show nobody the personal theme of a colleague, nor take it along, however it came to be named',
    story(async (client) => {
      const theirs = await makeTheme(client, admin, 'personal')
      await patch(client, viewer, { theme_mode: 'dark' })
      await client.query('update public.preferences set active_theme_id = $1', [theirs])
      expect(await get(client, viewer)).toEqual({ ...nothingSet, theme_mode: 'dark' })
      const exported = await call<object>(client, viewer, 'export_dashboard', [ours])
      expect(exported).toMatchObject({ themes: [], preferences: { theme_mode: 'dark' } })
      expect(JSON.stringify(exported)).not.toContain(theirs)
    }),
  )

  it.each<[string, string, unknown]>([
    ['that is no object', '', []],
    ['of null', '', null],
    ['with a key that is not known', 'color', { color: 'red' }],
    ['with a key that is not known, before all else that is wrong', 'color', { color: 'red', locale: 1 }],
    ['with a prototype', '__proto__', JSON.parse('{"__proto__": {"theme_mode": "dark"}}')],
    ['with an owner', 'user_id', { user_id: ids.admin }],
    ['with a mode that is none', 'theme_mode', { theme_mode: 'sepia' }],
    ['with a locale that is none', 'locale', { locale: "en'; --" }],
    ['with a sidebar of text', 'sidebar_collapsed', { sidebar_collapsed: 'true' }],
    ['with a view that is no id', 'active_dashboard_view', { active_dashboard_view: 'main' }],
    ['with a theme that is not there', 'active_theme_id', { active_theme_id: 'nowhere' }],
    ['with a theme of a wrong kind', 'active_theme_id', { active_theme_id: 1 }],
    ['with extras without a namespace', 'extras.density', { extras: { density: 1 } }],
    ['without extras that cannot be there', 'extras.density', { extras: { density: null } }],
    ['with extras of markup', 'extras', { extras: { '<b>:x': 1 } }],
    ['with a list of extras', 'extras', { extras: [] }],
    ['with extras of 5 MB', 'extras', { extras: { 'app:x': 'x'.repeat(5_000_000) } }],
  ])('refuse a patch %s by its path, and change nothing', (_, path, change) =>
    story(async (client) => {
      await patch(client, viewer, { theme_mode: 'light' })
      expect(await clientError(patch(client, viewer, change))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: path,
      })
      expect(await get(client, viewer)).toEqual({ ...nothingSet, theme_mode: 'light' })
    })(),
  )

  it(
    'do not choose the personal theme of somebody else',
    story(async (client) => {
      const { rows } = await actAs<{ id: string }>(
        client,
        member,
        'insert into public.themes (workspace_id, name, colors) values ($1, $2, $3) returning id',
        [ours, 'Mine', themeColumns.colors],
      )
      const change = { active_theme_id: rows[0]?.id }
      expect(await clientError(patch(client, admin, change))).toMatchObject({
        code: 'invalid_input',
        details: 'active_theme_id',
      })
      expect(await patch(client, member, change)).toMatchObject(change)
    }),
  )

  it(
    'do not choose a theme of another workspace, or of nowhere',
    story(async (client) => {
      const shared = await makeTheme(client, admin)
      const { rows } = await client.query<{ id: string }>(
        `insert into public.themes (workspace_id, name, colors, visibility)
         values ($1, 'Theirs', $2, 'workspace') returning id`,
        [theirs, JSON.stringify(themeColumns.colors)],
      )
      for (const active_theme_id of [rows[0]?.id, ids.viewer])
        expect(await clientError(patch(client, viewer, { active_theme_id }))).toMatchObject({
          code: 'invalid_input',
          details: 'active_theme_id',
        })
      expect(await patch(client, viewer, { active_theme_id: shared })).toMatchObject({
        active_theme_id: shared,
      })
    }),
  )

  it(
    'are another for each workspace',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
        [theirs, ids.viewer],
      )
      const of = (workspace: string, change: object) =>
        call(client, viewer, 'patch_preferences', [workspace, JSON.stringify(change)])
      await of(ours, { theme_mode: 'dark', locale: 'de' })
      await of(theirs, { theme_mode: 'light', sidebar_collapsed: true })
      // Each is there, and changed for itself.
      await of(ours, { locale: 'fr' })
      const read = (workspace: string) => call(client, viewer, 'get_preferences', [workspace])
      expect(await read(ours)).toEqual({ ...nothingSet, theme_mode: 'dark', locale: 'fr' })
      expect(await read(theirs)).toEqual({ ...nothingSet, theme_mode: 'light', sidebar_collapsed: true })
      // What is chosen already in the other is chosen here no less.
      for (const [workspace, active_theme_id] of [
        [ours, 'ocean'],
        [theirs, 'ocean'],
        [ours, null],
        [ours, 'ocean'],
      ] as const)
        expect(await of(workspace, { active_theme_id })).toMatchObject({ active_theme_id })
    }),
  )

  it(
    'do not choose a view that is kept by somebody else, deleted, of another workspace or nowhere',
    story(async (client) => {
      const kept = await insertView(client, { owner_id: ids.member })
      for (const id of [
        kept,
        await insertView(client, { deleted_at: 'now' }),
        await insertView(client, { workspace_id: theirs }),
        ids.viewer,
      ])
        expect(await clientError(patch(client, viewer, { active_dashboard_view: id }))).toMatchObject({
          status: 400,
          code: 'invalid_input',
          details: 'active_dashboard_view',
        })
      expect(await get(client, viewer)).toEqual(nothingSet)
      await insertShare(client, { view_id: kept, role_key: 'viewer' })
      const change = { active_dashboard_view: kept }
      expect(await patch(client, viewer, change)).toMatchObject(change)
    }),
  )

  it(
    'name a view and a theme only while they are there for the person, wherever they are read, and go back as read',
    story(async (client) => {
      const kept = await insertView(client, { owner_id: ids.member })
      await insertShare(client, { view_id: kept, role_key: 'viewer' })
      const chosen = { active_dashboard_view: kept, active_theme_id: 'ocean' }
      const read = await patch(client, viewer, chosen)
      expect(read).toMatchObject(chosen)
      expect(await session(client)).toMatchObject(chosen)

      await client.query('delete from public.dashboard_view_shares')
      const withoutView = { active_dashboard_view: null, active_theme_id: 'ocean' }
      expect(await get(client, viewer)).toMatchObject(withoutView)
      expect(await session(client)).toMatchObject(withoutView)
      // Read before the share ended.
      const changed = { ...(read as object), theme_mode: 'dark' }
      expect(await patch(client, viewer, changed)).toMatchObject({ ...withoutView, theme_mode: 'dark' })

      await giveRole(client, 'plain', ['dashboards.read'], [ids.viewer])
      const nothing = { active_dashboard_view: null, active_theme_id: null }
      const plain = await get(client, viewer)
      expect(plain).toMatchObject(nothing)
      expect(await session(client)).toMatchObject(nothing)
      const whole = { ...(plain as object), sidebar_collapsed: true }
      expect(await patch(client, viewer, whole)).toMatchObject({ ...nothing, sidebar_collapsed: true })
      expect(await clientError(patch(client, viewer, { active_theme_id: 'forest' }))).toMatchObject({
        code: 'permission_denied',
      })
    }),
  )

  it.each([
    ['outsiders', outsider],
    ['suspended members', suspended],
  ])('are not there for %s', (_, actor) =>
    story(async (client) => {
      for (const attempt of [get, patch])
        expect(await clientError(attempt(client, actor, {}))).toMatchObject({
          status: 404,
          code: 'not_found',
        })
      expect((await client.query('select from public.preferences')).rowCount).toBe(0)
    })(),
  )

  it(
    'come with the session without their extras, and with the export of one’s data; they go with the membership',
    story(async (client) => {
      await patch(client, viewer, { theme_mode: 'dark', extras: { 'app:x': 1 } })
      await client.query("update public.preferences set created_at = '2026-01-01Z'")
      const { extras: _, ...short } = nothingSet
      const { rows: sessions } = await actAs(client, viewer, 'select public.session_context() as answer')
      expect(sessions[0]?.answer.workspaces[0].preferences).toEqual({ ...short, theme_mode: 'dark' })
      const { rows: exports } = await actAs(
        client,
        viewer,
        "select public.export_my_data('preferences') as answer",
      )
      expect(exports[0]?.answer.rows).toEqual([
        {
          workspaceId: ours,
          preferences: { ...nothingSet, theme_mode: 'dark', extras: { 'app:x': 1 } },
          createdAt: expect.stringMatching(/^2026-01-01T/),
          updatedAt: expect.not.stringMatching(/^2026-01-01T/),
        },
      ])
      await actAs(client, viewer, 'select public.leave_workspace($1)', [ours])
      expect((await client.query('select from public.preferences')).rowCount).toBe(0)
    }),
  )
})
