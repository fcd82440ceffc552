import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import {
  accessOf,
  board,
  createBoards,
  type Grant,
  grant,
  other,
  piece,
} from '../../support/dashboards/resource-grants.ts'
import { insertWidget } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, anonymous, clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import {
  admin,
  createCast,
  ids,
  member,
  ours,
  outsider,
  suspended,
  theirs,
  viewer,
} from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

const story = policySuite(createBoards)

const denied = { code: '42501' }

const premium = onPremium(story)

describe('what grants mean', () => {
  it.each<[string, Grant[], string, string]>([
    ['nothing', [], 'edit', 'view'],
    ['view to a person', [{ user_id: ids.viewer, access: 'view' }], 'edit', 'view'],
    ['edit to a person', [{ user_id: ids.viewer, access: 'edit' }], 'edit', 'edit'],
    ['manage to a role', [{ role_key: 'viewer', access: 'manage' }], 'edit', 'manage'],
    ['less than the role', [{ role_key: 'member', access: 'view' }], 'edit', 'view'],
    ['none to a role', [{ role_key: 'viewer', access: 'none' }], 'edit', 'none'],
    [
      'none to a role and view to a person',
      [
        { role_key: 'viewer', access: 'none' },
        { user_id: ids.viewer, access: 'view' },
      ],
      'edit',
      'view',
    ],
    [
      'manage to a role and none to a person',
      [
        { role_key: 'member', access: 'manage' },
        { user_id: ids.member, access: 'none' },
      ],
      'none',
      'view',
    ],
    ['access to another thing', [{ role_key: 'viewer', access: 'none', resource_id: other }], 'edit', 'view'],
    [
      'access to a widget',
      [{ role_key: 'viewer', access: 'none', resource_type: 'widget', resource_id: piece }],
      'edit',
      'view',
    ],
  ])('with %s', (_, grants, memberAccess, viewerAccess) =>
    premium(async (client) => {
      for (const values of grants) await grant(client, admin, values)
      expect([await accessOf(client, member), await accessOf(client, viewer)]).toEqual([
        memberAccess,
        viewerAccess,
      ])
      expect(await accessOf(client, admin)).toBe('manage')
      expect(await accessOf(client, suspended)).toBe('none')
      expect(await accessOf(client, outsider)).toBe('none')
    })(),
  )

  it(
    'a suspended member has nothing, whatever was granted',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.suspended, access: 'manage' })
      await grant(client, admin, { role_key: 'admin', access: 'manage', resource_id: other })
      expect([await accessOf(client, suspended), await accessOf(client, suspended, other)]).toEqual([
        'none',
        'none',
      ])
    }),
  )

  it(
    'back on the free plan, what was given stops counting and what was taken stays away',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer, access: 'edit' })
      await grant(client, admin, { role_key: 'viewer', access: 'none', resource_id: other })
      await grant(client, admin, { user_id: ids.viewer, access: 'view', resource_id: other })
      expect([await accessOf(client, viewer), await accessOf(client, viewer, other)]).toEqual([
        'edit',
        'view',
      ])
      await setPlan(client, 'free')
      expect([await accessOf(client, viewer), await accessOf(client, viewer, other)]).toEqual([
        'view',
        'none',
      ])
    }),
  )

  it(
    'a grant in another workspace on the same id gives nothing here',
    premium(async (client) => {
      // The viewer of ours is the admin of theirs, and names a thing of ours there.
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.viewer],
      )
      await grant(client, viewer, { workspace_id: theirs, user_id: ids.viewer, access: 'manage' })
      expect(await accessOf(client, viewer, board, theirs)).toBe('manage')
      expect(await accessOf(client, viewer, board, ours)).toBe('view')
      expect(
        await clientError(grant(client, viewer, { user_id: ids.viewer, access: 'manage' })),
      ).toMatchObject({
        code: 'permission_denied',
      })
    }),
  )

  it.each([['theme'], [null]])('there is no access to %j', (type) =>
    story(async (client) => {
      const asking = actAs(client, viewer, 'select public.my_access($1, $2, $3)', [ours, type, board])
      expect(await clientError(asking)).toMatchObject({ code: 'invalid_input', details: 'resource_type' })
    })(),
  )

  it(
    'is not for anonymous callers to ask',
    story(async (client) => {
      await expect(accessOf(client, anonymous)).rejects.toMatchObject(denied)
    }),
  )
})

describe('the policy of views', () => {
  /** 10,000 views in `ours` and in `theirs`, with the same ids in both, called by their number. */
  const withViews = policySuite(async (client) => {
    await createCast(client)
    await setPlan(client, 'premium')
    await client.query(`
      alter table public.dashboard_views disable trigger user;
      insert into public.dashboard_views (workspace_id, id, name, visibility)
      select w, md5(n::text)::uuid, n, 'workspace'
      from unnest(array['${ours}', '${theirs}']) as w, generate_series(1, 10000) as n;
      alter table public.dashboard_views enable trigger user;
      analyze public.dashboard_views`)
  })

  const idOf = async (client: pg.Client, n: number) =>
    (await client.query<{ id: string }>('select md5($1::text)::uuid as id', [n])).rows[0]?.id

  const seen = async (client: pg.Client, actor: Actor) =>
    (
      await actAs(
        client,
        actor,
        'select workspace_id, count(*)::int, min(name::int) from public.dashboard_views group by 1 order by 1',
      )
    ).rows

  it(
    'adds what is given, and leaves out what is taken',
    withViews(async (client) => {
      await giveCustomRole(client, 'custom', ['workspace.read'], [ids.member])
      expect(await seen(client, member)).toEqual([])
      await grant(client, admin, { user_id: ids.member, resource_id: await idOf(client, 7) })
      await grant(client, admin, { role_key: 'viewer', resource_id: await idOf(client, 1), access: 'none' })
      expect(await seen(client, member)).toEqual([{ workspace_id: ours, count: 1, min: 7 }])
      expect(await seen(client, viewer)).toEqual([{ workspace_id: ours, count: 9_999, min: 2 }])
      expect(await seen(client, admin)).toEqual([{ workspace_id: ours, count: 10_000, min: 1 }])
      expect(await seen(client, suspended)).toEqual([])
    }),
  )

  it(
    'is not opened by a grant that an attacker makes in a workspace of their own, on the same id',
    withViews(async (client) => {
      await giveCustomRole(client, 'custom', ['workspace.read'], [ids.member])
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.member],
      )
      await grant(client, member, {
        workspace_id: theirs,
        user_id: ids.member,
        resource_id: await idOf(client, 7),
        access: 'manage',
      })
      expect(await seen(client, member)).toEqual([{ workspace_id: theirs, count: 10_000, min: 1 }])
    }),
  )

  it(
    'asks for its sets once per statement, however many rows and grants',
    withViews(async (client) => {
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         select workspace_id, 'dashboard', id, $2, 'none'
         from public.dashboard_views where workspace_id = $1 and name::int <= 1000`,
        [ours, ids.member],
      )
      const { rows } = await actAs<{ 'QUERY PLAN': string }>(
        client,
        member,
        'explain (analyze, costs off, timing off, summary off) select count(*) from public.dashboard_views',
      )
      const plan = rows.map((row) => row['QUERY PLAN'])
      // Each helper is an init plan or a hash table filled once, and none is in what is asked per row. Three init
      // plans say who is asking, for all memberships, for those in roles of a workspace's own and for the row, and one
      // which memberships.
      expect(plan.filter((line) => /(Filter|Cond):.*private\./.test(line))).toEqual([])
      expect(plan.filter((line) => /^\s*InitPlan \d/.test(line))).toHaveLength(4)
      expect(plan.join('\n').match(/ANY \(\(workspace_id = \(hashed SubPlan/g)).toHaveLength(1)
      // None of the thousand that are closed to the member is among the exceptions that are open.
      expect(plan.filter((line) => /Function Scan on views_by_exception/.test(line))).toEqual([
        expect.stringMatching(/rows=0 loops=1\)/),
      ])
      expect(await seen(client, member)).toEqual([{ workspace_id: ours, count: 9_000, min: 1_001 }])
    }),
  )

  it(
    "reads rows of the caller's workspaces only, by index",
    withViews(async (client) => {
      await client.query(
        `insert into public.workspaces (id, name)
         select 'WK-R' || lpad(w::text, 8, '0'), 'Another' from generate_series(1, 500) as w;
         alter table public.dashboard_views disable trigger user;
         insert into public.dashboard_views (workspace_id, name, visibility)
         select 'WK-R' || lpad(w::text, 8, '0'), n, 'workspace'
         from generate_series(1, 500) as w, generate_series(1, 20) as n;
         alter table public.dashboard_views enable trigger user;
         analyze public.dashboard_views`,
      )
      const { rows } = await actAs<{ 'QUERY PLAN': string }>(
        client,
        outsider,
        'explain (costs off) select count(*) from public.dashboard_views',
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/Index Cond: \(workspace_id = ANY/)
      expect(plan).not.toContain('Seq Scan on dashboard_views')
    }),
  )

  it(
    'an API key has of a widget what it has of the view, unless that is taken from its maker or not for their role',
    premium(async (client) => {
      await giveCustomRole(
        client,
        'custom',
        ['api_keys.manage', 'components.read', 'dashboards.read', 'dashboards.write'],
        [ids.member],
      )
      const key = await machine(client, ['dashboards.read', 'dashboards.write'], { maker: member })
      await insertComponent(client, ours, { id: 'for-admins', allowedRoles: ['admin'] })
      const hidden = await insertWidget(client, {
        view_id: board,
        component_key: 'for-admins',
        config: { unit: 'l' },
      })
      const access = async () => [
        await accessOf(client, key),
        await accessOf(client, key, piece, ours, 'widget'),
        await accessOf(client, key, hidden, ours, 'widget'),
      ]
      expect(await access()).toEqual(['edit', 'edit', 'none'])
      const taken = await grant(client, admin, { user_id: ids.member, access: 'none' })
      expect(await access()).toEqual(['none', 'none', 'none'])
      await client.query('delete from public.resource_grants where id = $1', [taken])
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [board])
      expect((await access()).slice(1)).toEqual(['none', 'none'])
    }),
  )
})
