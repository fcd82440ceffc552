import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { preferenceExtrasSchema } from '../../../types/preferences.ts'
import { type StoredView, viewSchema } from '../../../types/view.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { verdictsOf } from '../../support/database/agreement.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours } from '../../support/people/cast.ts'

// What is read can be written back as it is, and nothing is kept that would be read as something else.

const story = policySuite()

type Document = Record<string, unknown>

it(
  'every document of a view that is read goes into save_view and import_view, and zod takes it as well',
  committedStory()(async (client) => {
    const view = await call<Document>(client, member, 'create_view', [ours, 'A view', '', layoutOf(widget())])
    const { id } = view
    await commit(client)
    const restored = await call<Document>(client, member, 'restore_view_version', [id, 1])
    expect(restored).toMatchObject({ skipped: [] })
    const layout = await call<Document>(client, member, 'get_view_version', [id, 1])
    const documents: Document[] = [
      view,
      restored,
      await call<Document>(client, member, 'get_view', [id]),
      await call<Document>(client, member, 'activate_view', [ours, id]),
      await call<Document>(client, member, 'active_view', [ours]),
      { name: 'An old one', layout },
    ]
    for (const document of documents) {
      expect(viewSchema.safeParse(document).error).toBeUndefined()
      const report = await call<{ skipped?: unknown[] }>(client, member, 'import_view', [ours, document])
      expect(report).toMatchObject({ views: [{ name: document.name }] })
      expect(await call(client, member, 'save_view', [id, document, 1])).toMatchObject({
        name: document.name,
      })
    }
  }),
)

describe('what save_view does not write', () => {
  const made = (client: pg.Client) =>
    call<StoredView>(client, member, 'create_view', [ours, 'A view', '', layoutOf(widget())])
  const save = (client: pg.Client, view: StoredView, changes: object) =>
    call<StoredView>(client, member, 'save_view', [view.id, { ...view, name: 'Renamed', ...changes }, 1])

  it.each([
    ['visibility', 'workspace', 'dashboard_views'],
    ['visibility', 7, 'dashboard_views'],
  ])('is refused where %s is another one', (key, value, hint) =>
    story(async (client) => {
      const view = await made(client)
      const refused = await clientError(save(client, view, { [key]: value }))
      expect(refused).toMatchObject({ status: 400, code: 'invalid_input', details: key })
      expect(refused.hint).toContain(hint)
      expect(await clientError(save(client, view, { [key]: value, updatedAt: undefined }))).toMatchObject({
        details: key,
      })
      expect(await call(client, member, 'get_view', [view.id])).toEqual(view)
    })(),
  )

  it(
    'is ignored where it says which view it is, how it stands to its reader, or what others changed since',
    story(async (client) => {
      const view = await made(client)
      await call(client, member, 'set_default_view', [ours, view.id])
      const ignored = {
        id: 'other',
        ownerId: null,
        version: 7,
        access: 'view',
        isActive: true,
        isReadOnly: true,
        // A server marked it, or no longer, and somebody made it another default, or the reader did in another tab.
        isManaged: true,
        isDefault: false,
        isRoleDefault: true,
        roleId: 'viewer',
      }
      expect(await save(client, view, ignored)).toMatchObject({
        id: view.id,
        name: 'Renamed',
        isActive: false,
        isDefault: true,
        visibility: 'personal',
      })
      await client.query("update public.dashboard_views set visibility = 'workspace'")
      await client.query("update public.dashboard_views set updated_at = '2030-01-01'")
      expect(await save(client, view, {})).toMatchObject({ visibility: 'workspace' })
    }),
  )
})

describe('a number that JavaScript reads as another one', () => {
  const problem =
    'case when not private.fits_javascript((d.value #>> array[]::text[])::numeric) then d.value end'

  it(
    'is one that it reads as Infinity, or as 0 though it is none',
    story(async (client) => {
      const fit = ['0', '-0', '1', '-5e-324', '5e-324', '1.7976931348623157e308', '-1.7976931348623157e308']
      const others = ['1e-400', '-1e-400', '2e-324', '1e309', '-1e309', '1e400']
      expect(await verdictsOf(client, problem, [...fit, ...others])).toEqual([
        ...fit.map(() => true),
        ...others.map(() => false),
      ])
      expect(fit.map(Number).every((number, index) => number !== 0 || index < 2)).toBe(true)
      expect(others.map(Number).filter((number) => Number.isFinite(number) && number !== 0)).toEqual([])
    }),
  )

  it.each([
    ['row_height', "update public.dashboard_views set row_height = '1e-400'"],
    ['row_height', "update public.dashboard_views set row_height = '1e400'"],
    ['gap', "update public.dashboard_views set gap = '1e-400'"],
    ['settings', `update public.workspaces set settings = '{"a": [{"b": 1e-400}]}' where id = '${ours}'`],
    ['patch', `select public.update_workspace_settings('${ours}', '{"a": {"b": 1e400}}')`],
    ['extras', `select public.patch_preferences('${ours}', '{"extras": {"app:a": [1e-400]}}')`],
    ['extras', `select public.patch_preferences('${ours}', '{"extras": {"app:a": -1e400}}')`],
    ['config', `update public.widgets set config = '{"other": [1e-400]}'`],
  ])('is refused in %s', (details, sql) =>
    story(async (client) => {
      await call(client, admin, 'create_view', [
        ours,
        'A view',
        '',
        layoutOf(widget({ widgetId: 'top-products', config: {} })),
      ])
      const refused = await clientError(actAs(client, admin, sql))
      expect(refused.code).toBe('invalid_input')
      expect(String(refused.details)).toMatch(new RegExp(`^${details}`))
    })(),
  )
})

describe('a key __proto__', () => {
  it.each([
    ['settings', `update public.workspaces set settings = '{"a": [{"__proto__": 1}]}' where id = '${ours}'`],
    ['settings', `select public.update_workspace_settings('${ours}', '{"__proto__": {"a": 1}}')`],
    ['extras', `select public.patch_preferences('${ours}', '{"extras": {"app:a": {"__proto__": 1}}}')`],
  ])('is refused in %s, and a text that looks like one is none', (details, sql) =>
    story(async (client) => {
      expect(await clientError(actAs(client, admin, sql))).toMatchObject({ code: 'invalid_input', details })
      await actAs(client, admin, sql.replaceAll(/"__proto__": (1|\{"a": 1\})/g, '"a": "\\"__proto__\\": 1"'))
    })(),
  )

  it('is refused in extras by zod', () => {
    for (const text of [
      '{"app:a": {"__proto__": 1}}',
      '{"app:a": [{"b": {"__proto__": 1}}]}',
      '{"app:a": 1e400}',
    ])
      expect(preferenceExtrasSchema.safeParse(JSON.parse(text)).success, text).toBe(false)
    expect(preferenceExtrasSchema.safeParse({ 'app:a': { b: [1, null, 'c'] } }).success).toBe(true)
  })
})
