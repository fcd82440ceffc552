import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { accessOf, grant } from '../../support/dashboards/resource-grants.ts'
import { insertShare, insertView, makeView } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()
const denied = { code: '42501' }
const duplicate = { code: '23505' }

const stored = async (client: pg.Client) =>
  (
    await client.query<{ user_id: string | null; role_key: string | null; access: string }>(
      'select user_id, role_key, access from public.dashboard_view_shares order by user_id, role_key',
    )
  ).rows

const listed = async (client: pg.Client, actor: typeof member) =>
  (await call<{ id: string; access: string }[]>(client, actor, 'list_views', [ours])).map(
    ({ id, access }) => [id, access],
  )

describe('a share', () => {
  it(
    'opens a personal view to a person, as far as their role goes, and closes it again',
    story(async (client) => {
      const view_id = await makeView(client, member)
      expect([await accessOf(client, viewer, view_id), await listed(client, viewer)]).toEqual(['none', []])
      const id = await insertShare(client, { view_id, user_id: ids.viewer }, member)
      expect([await accessOf(client, viewer, view_id), await listed(client, viewer)]).toEqual([
        'view',
        [[view_id, 'view']],
      ])
      expect(await call(client, viewer, 'get_view', [view_id])).toMatchObject({ id: view_id, access: 'view' })
      expect(await accessOf(client, admin, view_id)).toBe('none')

      await actAs(client, member, "update public.dashboard_view_shares set access = 'edit' where id = $1", [
        id,
      ])
      expect(await accessOf(client, viewer, view_id)).toBe('view')
      await client.query("update public.workspace_members set role_key = 'member' where user_id = $1", [
        ids.viewer,
      ])
      expect(await accessOf(client, viewer, view_id)).toBe('edit')

      await actAs(client, member, 'delete from public.dashboard_view_shares where id = $1', [id])
      expect([await accessOf(client, viewer, view_id), await listed(client, viewer)]).toEqual(['none', []])
      expect(await clientError(call(client, viewer, 'get_view', [view_id]))).toMatchObject({
        status: 404,
        code: 'not_found',
        details: 'view_id',
      })
    }),
  )

  it(
    'with a role counts for who has it, and of several the best does',
    story(async (client) => {
      const view_id = await makeView(client, admin)
      await insertShare(client, { view_id, role_key: 'member', access: 'edit' }, admin)
      await insertShare(client, { view_id, user_id: ids.member, access: 'view' }, admin)
      for (const [actor, access] of [
        [member, 'edit'],
        [viewer, 'none'],
        [suspended, 'none'],
        [outsider, 'none'],
      ] as const)
        expect(await accessOf(client, actor, view_id)).toBe(access)
      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        ids.member,
      ])
      expect(await accessOf(client, member, view_id)).toBe('view')
    }),
  )

  it(
    'to edit makes no editor of a viewer, whatever they try',
    story(async (client) => {
      const view_id = await makeView(client, member)
      await insertShare(client, { view_id, user_id: ids.viewer, access: 'edit' }, member)
      const { layout } = await call<{ layout: unknown }>(client, viewer, 'get_view', [view_id])
      for (const [name, values] of [
        ['save_layout', [view_id, layout, 1]],
        ['save_view', [view_id, { name: 'Taken', layout }, 1]],
        ['restore_view_version', [view_id, 1]],
        ['delete_view', [view_id]],
      ] as const)
        expect(await clientError(call(client, viewer, name, [...values])), name).toMatchObject({
          status: 403,
          code: 'permission_denied',
          details: name === 'delete_view' ? 'manage' : 'edit',
        })
      const rename = await actAs(client, viewer, "update public.dashboard_views set name = 'Taken'")
      expect(rename.rowCount).toBe(0)
      await expect(insertShare(client, { view_id, role_key: 'member' }, viewer)).rejects.toMatchObject(denied)
      const { rows } = await client.query('select name, version, deleted_at from public.dashboard_views')
      expect(rows).toEqual([{ name: 'A view', version: '1', deleted_at: null }])
    }),
  )

  it(
    'to edit lets nobody share, delete or show the view further',
    story(async (client) => {
      const view_id = await makeView(client, admin)
      await insertShare(client, { view_id, user_id: ids.member, access: 'edit' }, admin)
      await actAs(client, member, "update public.dashboard_views set name = 'Better' where id = $1", [
        view_id,
      ])
      await expect(insertShare(client, { view_id, user_id: ids.viewer }, member)).rejects.toMatchObject(
        denied,
      )
      for (const sql of [
        "update public.dashboard_view_shares set access = 'view'",
        'delete from public.dashboard_view_shares',
      ])
        expect((await actAs(client, member, sql)).rowCount).toBe(0)
      const show = actAs(client, member, "update public.dashboard_views set visibility = 'workspace'")
      expect(await clientError(show)).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'manage',
      })
      expect(await clientError(call(client, member, 'delete_view', [view_id]))).toMatchObject({
        code: 'permission_denied',
        details: 'manage',
      })
      expect(await stored(client)).toEqual([{ user_id: ids.member, role_key: null, access: 'edit' }])
      const { rows } = await client.query('select name, visibility, deleted_at from public.dashboard_views')
      expect(rows).toEqual([{ name: 'Better', visibility: 'personal', deleted_at: null }])
    }),
  )

  it(
    'with a role that may not look gives nothing',
    onPremium(story)(async (client) => {
      await giveCustomRole(
        client,
        'custom',
        ['dashboards.write', 'grants.write', 'workspace.read'],
        [ids.member],
      )
      const view_id = await makeView(client, admin)
      await insertShare(client, { view_id, role_key: 'custom', access: 'edit' }, admin)
      expect(await accessOf(client, member, view_id)).toBe('none')
      const { rows } = await actAs(client, member, 'select id from public.dashboard_view_shares')
      expect(rows).toEqual([])
    }),
  )

  it.each<[string, Record<string, unknown>, string]>([
    ['nobody', {}, 'user_id'],
    ['a person and a role', { user_id: ids.viewer, role_key: 'viewer' }, 'user_id'],
    ['an access that there is not', { user_id: ids.viewer, access: 'manage' }, 'access'],
    ['no access', { user_id: ids.viewer, access: null }, 'access'],
  ])('with %s is refused, and the field is named', (_, values, details) =>
    story(async (client) => {
      const view_id = await makeView(client, member)
      expect(await clientError(insertShare(client, { view_id, ...values }, member))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
      expect(await stored(client)).toEqual([])
    })(),
  )

  it.each<[string, Record<string, unknown>]>([
    ['a person of another workspace', { user_id: ids.outsider }],
    ['a role of another workspace', { role_key: 'theirs' }],
  ])('with %s is refused', (_, values) =>
    onPremium(story)(async (client) => {
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'theirs', 'Theirs')",
        [theirs],
      )
      const view_id = await makeView(client, member)
      expect(await clientError(insertShare(client, { view_id, ...values }, member))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: Object.keys(values)[0],
      })
      // Who may not share is told nothing of it.
      await expect(insertShare(client, { view_id, ...values }, viewer)).rejects.toMatchObject({
        code: '42501',
      })
      expect(await stored(client)).toEqual([])
    })(),
  )

  it(
    'is made once for a person or a role, and goes with the member, the role or the view',
    onPremium(story)(async (client) => {
      await giveCustomRole(client, 'custom', ['dashboards.read'], [ids.suspended])
      const [one, two] = [await makeView(client, member), await makeView(client, member)]
      for (const view_id of [one, two])
        for (const grantee of [{ user_id: ids.viewer }, { role_key: 'custom' }]) {
          await insertShare(client, { view_id, ...grantee }, member)
          await expect(insertShare(client, { view_id, ...grantee }, member)).rejects.toMatchObject(duplicate)
        }
      await client.query('delete from public.workspace_members where user_id = $1', [ids.viewer])
      expect(await stored(client)).toMatchObject([{ role_key: 'custom' }, { role_key: 'custom' }])
      await client.query('delete from public.dashboard_views where id = $1', [one])
      expect(await stored(client)).toHaveLength(1)
      await client.query("update public.workspace_members set role_key = 'viewer' where role_key = 'custom'")
      await client.query("delete from public.workspace_roles where key = 'custom'")
      expect(await stored(client)).toEqual([])
    }),
  )

  it(
    'is told to who manages the view and to the person it is for, and stands in the audit log',
    story(async (client) => {
      const view_id = await makeView(client, member)
      const mine = await insertShare(client, { view_id, user_id: ids.viewer }, member)
      const byRole = await insertShare(client, { view_id, role_key: 'viewer' }, member)
      const seenBy = async (actor: typeof member) =>
        (await actAs<{ id: string }>(client, actor, 'select id from public.dashboard_view_shares')).rows
          .map(({ id }) => id)
          .toSorted()
      expect(await seenBy(member)).toEqual([mine, byRole].toSorted())
      expect(await seenBy(viewer)).toEqual([mine])
      for (const actor of [admin, suspended, outsider]) expect(await seenBy(actor)).toEqual([])
      const { rows } = await client.query(
        "select action, actor_id from public.audit_log where table_name = 'dashboard_view_shares'",
      )
      expect(rows).toEqual(Array.from({ length: 2 }, () => ({ action: 'insert', actor_id: ids.member })))
    }),
  )
})

it.each([
  [['dashboards.arrange', 'dashboards.read'], 'manage'],
  [['dashboards.read', 'themes.read', 'themes.write'], 'view'],
  [['dashboards.arrange', 'themes.read'], 'none'],
])('a view of one’s own is, for who has %j, one to %s', (permissions, access) =>
  story(async (client) => {
    const view = await insertView(client, { owner_id: ids.member })
    await giveCustomRole(client, 'custom', permissions, [ids.member])
    expect(await accessOf(client, member, view)).toBe(access)
  })(),
)

// A statement that reads no column is not asked whether what it writes is seen.
it.each<[string[], number]>([
  [['dashboards.write'], 0],
  [['dashboards.arrange', 'dashboards.read'], 0],
  [['dashboards.read', 'dashboards.write'], 1],
])('a share to edit lets who has %j write %i', (permissions, written) =>
  story(async (client) => {
    const view_id = await insertView(client, { owner_id: ids.admin })
    await insertShare(client, { view_id, user_id: ids.member, access: 'edit' })
    await giveCustomRole(client, 'custom', permissions, [ids.member])
    const rename = await actAs(client, member, "update public.dashboard_views set name = 'Theirs'")
    expect(rename.rowCount).toBe(written)
  })(),
)

describe('the shares of a view', () => {
  const seenBy = async (client: pg.Client, actor: typeof member) =>
    (await actAs(client, actor, 'select from public.dashboard_view_shares')).rowCount
  const set = "update public.dashboard_view_shares set access = 'edit'"
  const end = 'delete from public.dashboard_view_shares'

  it.each([
    ['manage', 1],
    ['edit', 0],
  ])('are for whom a grant gives %s as far as that goes', (access, rows) =>
    onPremium(story)(async (client) => {
      const view_id = await makeView(client, admin)
      await insertShare(client, { view_id, role_key: 'viewer' }, admin)
      await grant(client, admin, { resource_id: view_id, user_id: ids.member, access })
      expect(await seenBy(client, member)).toBe(rows)
      for (const sql of [set, end])
        expect((await actAs(client, member, `${sql} where view_id = $1`, [view_id])).rowCount).toBe(rows)
      expect(await stored(client)).toHaveLength(1 - rows)
    })(),
  )

  it.each<[string[], number]>([
    [['dashboards.read', 'dashboards.write', 'grants.write'], 1],
    [['dashboards.write', 'grants.write'], 0],
    [['dashboards.arrange', 'dashboards.read', 'grants.write'], 0],
    [['dashboards.read', 'dashboards.write'], 0],
  ])('that all may see are, beside a grant to look, for who has %j: of one, %i', (permissions, rows) =>
    onPremium(story)(async (client) => {
      const view_id = await insertView(client)
      await insertShare(client, { view_id, role_key: 'viewer' })
      await giveCustomRole(client, 'custom', permissions, [ids.member])
      await grant(client, admin, { resource_id: view_id, user_id: ids.member })
      expect((await actAs(client, member, 'select from public.dashboard_views')).rowCount).toBe(1)
      expect(await seenBy(client, member)).toBe(rows)
      // Without a condition, which would ask the policy of select as well.
      for (const sql of [set, end]) expect((await actAs(client, member, sql)).rowCount).toBe(rows)
      const sharing = insertShare(client, { view_id, user_id: ids.viewer }, member)
      if (rows === 0) await expect(sharing).rejects.toMatchObject(denied)
      else await sharing
      expect(await stored(client)).toEqual([
        rows === 0
          ? { user_id: null, role_key: 'viewer', access: 'view' }
          : { user_id: ids.viewer, role_key: null, access: 'view' },
      ])
    })(),
  )

  it(
    'are not for its owner whose role reads no dashboards, though a grant shows them the view',
    onPremium(story)(async (client) => {
      const view_id = await makeView(client, member)
      await insertShare(client, { view_id, role_key: 'viewer' }, member)
      await giveCustomRole(client, 'custom', ['workspace.read'], [ids.member])
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'dashboard', $2, $3, 'view')`,
        [ours, view_id, ids.member],
      )
      await client.query(
        "update public.workspace_roles set permissions = '{dashboards.read}' where key = 'custom'",
      )
      expect(await seenBy(client, member)).toBe(1)
      await client.query(
        "update public.workspace_roles set permissions = '{workspace.read}' where key = 'custom'",
      )
      expect((await actAs(client, member, 'select from public.dashboard_views')).rowCount).toBe(1)
      expect(await seenBy(client, member)).toBe(0)
      // Without a condition, which would ask the policy of select as well.
      expect((await actAs(client, member, end)).rowCount).toBe(0)
      expect(await stored(client)).toHaveLength(1)
    }),
  )
})

describe('the visibility of a view', () => {
  const setVisibility = (client: pg.Client, actor: typeof member, id: string, visibility: string) =>
    actAs(client, actor, 'update public.dashboard_views set visibility = $1 where id = $2', [visibility, id])

  it(
    'is opened to the workspace and closed again by its owner',
    story(async (client) => {
      const id = await makeView(client, member)
      await setVisibility(client, member, id, 'workspace')
      expect([await accessOf(client, viewer, id), await accessOf(client, admin, id)]).toEqual([
        'view',
        'manage',
      ])
      await setVisibility(client, member, id, 'personal')
      expect([await accessOf(client, viewer, id), await accessOf(client, admin, id)]).toEqual([
        'none',
        'none',
      ])
    }),
  )

  it(
    'is not made personal by an administrator, nor while a role begins with it, nor where nobody owns it',
    story(async (client) => {
      const id = await makeView(client, member, { visibility: 'workspace' })
      const abandoned = await insertView(client)
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', id])
      for (const [actor, view] of [
        [admin, id],
        [member, id],
        [admin, abandoned],
      ] as const)
        expect(await clientError(setVisibility(client, actor, view, 'personal'))).toMatchObject({
          status: 409,
          code: 'conflict',
          details: 'visibility',
        })
      expect(
        (await client.query("select from public.dashboard_views where visibility = 'personal'")).rowCount,
      ).toBe(0)
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', null])
      await setVisibility(client, member, id, 'personal')
      expect(await accessOf(client, viewer, id)).toBe('none')
    }),
  )

  it.each([['everyone'], [null]])('is not %j', (visibility) =>
    story(async (client) => {
      const id = await makeView(client, member)
      const attempt = actAs(
        client,
        member,
        'update public.dashboard_views set visibility = $1 where id = $2',
        [visibility, id],
      )
      expect(await clientError(attempt)).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'visibility',
      })
    })(),
  )

  it(
    'is given back to the owner while another view is what people see first',
    story(async (client) => {
      const id = await makeView(client, member, { visibility: 'workspace' })
      await call(client, admin, 'set_role_default_view', [ours, null, await insertView(client)])
      await setVisibility(client, member, id, 'personal')
      expect(await accessOf(client, viewer, id)).toBe('none')
    }),
  )

  it(
    'takes the grants along that open a view where it becomes personal, and not where it is',
    onPremium(story)(async (client) => {
      const id = await makeView(client, admin)
      const grants = () => client.query('select from public.resource_grants')
      await grant(client, admin, { resource_id: id, user_id: ids.viewer })
      await setVisibility(client, admin, id, 'personal')
      expect((await grants()).rowCount).toBe(1)
      for (const visibility of ['workspace', 'workspace']) await setVisibility(client, admin, id, visibility)
      expect((await grants()).rowCount).toBe(1)
      await setVisibility(client, admin, id, 'personal')
      expect((await grants()).rowCount).toBe(0)
    }),
  )
})
