import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, service } from '../support/act.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../support/cast.ts'
import { giveCustomRole } from '../support/invitations.ts'
import { policySuite } from '../support/policy-suite.ts'

const story = policySuite()

const denied = { code: '42501' }
const board = '00000000-0000-4000-8000-0000000000d1'
const other = '00000000-0000-4000-8000-0000000000d2'

/** Runs a story with both workspaces on the premium plan. */
const premium = (told: (client: pg.Client) => Promise<void>) =>
  story(async (client) => {
    await client.query("update public.workspaces set plan_type = 'premium'")
    await told(client)
  })

interface Grant {
  workspace_id?: string
  resource_type?: string | null
  resource_id?: string | null
  user_id?: string | null
  role_key?: string | null
  access?: string | null
}

/** Inserts a grant as an actor; by default on `board` in `ours`. */
async function grant(client: pg.Client, actor: Actor, values: Grant): Promise<string> {
  const row = {
    workspace_id: ours,
    resource_type: 'dashboard',
    resource_id: board,
    access: 'view',
    ...values,
  }
  const columns = Object.keys(row)
  const { rows } = await actAs<{ id: string }>(
    client,
    actor,
    `insert into public.resource_grants (${columns.join(', ')})
     values (${columns.map((_, index) => `$${index + 1}`).join(', ')}) returning id`,
    Object.values(row),
  )
  return rows[0]?.id ?? ''
}

const stored = async (client: pg.Client) =>
  (
    await client.query(
      `select workspace_id, resource_id, user_id, role_key, access, granted_by
       from public.resource_grants order by workspace_id, resource_id, user_id, role_key`,
    )
  ).rows

const access = async (
  client: pg.Client,
  actor: Actor,
  resourceId = board,
  workspaceId = ours,
  type = 'dashboard',
) =>
  (
    await actAs(client, actor, 'select public.my_access($1, $2, $3) as access', [
      workspaceId,
      type,
      resourceId,
    ])
  ).rows[0]?.access

describe('granting', () => {
  it(
    'an admin gives, changes and takes back, and the server notes who did',
    premium(async (client) => {
      const id = await grant(client, admin, { user_id: ids.viewer, access: 'edit' })
      expect(await stored(client)).toEqual([
        {
          workspace_id: ours,
          resource_id: board,
          user_id: ids.viewer,
          role_key: null,
          access: 'edit',
          granted_by: ids.admin,
        },
      ])
      expect(await access(client, viewer)).toBe('edit')
      await actAs(client, admin, "update public.resource_grants set access = 'none' where id = $1", [id])
      expect(await access(client, viewer)).toBe('none')
      await actAs(client, admin, 'delete from public.resource_grants where id = $1', [id])
      expect(await access(client, viewer)).toBe('view')
      expect(await stored(client)).toEqual([])
    }),
  )

  it.each([
    ['member', member, { status: 403, code: 'permission_denied', details: 'grants.write' }],
    ['viewer', viewer, { status: 403, code: 'permission_denied', details: 'grants.write' }],
    ['suspended admin', suspended, { status: 404, code: 'not_found' }],
    ['outsider', outsider, { status: 404, code: 'not_found' }],
  ])('is refused to the %s, whatever the plan and the values', (_, actor, expected) =>
    story(async (client) => {
      expect(await clientError(grant(client, actor, { user_id: ids.viewer }))).toMatchObject(expected)
      expect(await clientError(grant(client, actor, { access: 'all' }))).toMatchObject(expected)
      await client.query("update public.workspaces set plan_type = 'premium'")
      expect(await clientError(grant(client, actor, { user_id: ids.viewer }))).toMatchObject(expected)
      expect(await stored(client)).toEqual([])
    })(),
  )

  it.each([
    ['anonymous callers', anonymous],
    ['the service role', service],
  ])('is denied to %s', (_, actor) =>
    premium(async (client) => {
      await expect(grant(client, actor, { user_id: ids.viewer })).rejects.toMatchObject(denied)
      expect(await stored(client)).toEqual([])
    })(),
  )

  it(
    'takes the premium plan, and deleting does not',
    premium(async (client) => {
      const id = await grant(client, admin, { user_id: ids.viewer, access: 'none' })
      await client.query("update public.workspaces set plan_type = 'free'")
      const unpaid = { status: 402, code: 'payment_required', details: 'resource_grants' }
      expect(await clientError(grant(client, admin, { user_id: ids.member }))).toMatchObject(unpaid)
      const update = actAs(client, admin, "update public.resource_grants set access = 'edit'")
      expect(await clientError(update)).toMatchObject(unpaid)
      expect(await stored(client)).toMatchObject([{ access: 'none' }])
      await actAs(client, admin, 'delete from public.resource_grants where id = $1', [id])
      expect(await stored(client)).toEqual([])
    }),
  )

  it.each([
    ['an unknown kind', { resource_type: 'theme', user_id: ids.viewer }, 'resource_type'],
    ['no kind', { resource_type: null, user_id: ids.viewer }, 'resource_type'],
    ['an unknown access', { access: 'own', user_id: ids.viewer }, 'access'],
    ['no access', { access: null, user_id: ids.viewer }, 'access'],
    ['nobody', {}, 'user_id'],
    ['a person and a role', { user_id: ids.viewer, role_key: 'viewer' }, 'user_id'],
  ])('refuses %s', (_, values, details) =>
    premium(async (client) => {
      expect(await clientError(grant(client, admin, values))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
      expect(await stored(client)).toEqual([])
    })(),
  )

  it.each([
    ['a person of another workspace', { user_id: ids.outsider }, '23503'],
    ['a role that is not there', { role_key: 'owner' }, '23503'],
    ['no resource', { user_id: ids.viewer, resource_id: null }, '23502'],
  ])('refuses %s', (_, values, code) =>
    premium(async (client) => {
      await expect(grant(client, admin, values)).rejects.toMatchObject({ code })
      expect(await stored(client)).toEqual([])
    })(),
  )

  it(
    'is done once for a person or a role on one thing',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer })
      await grant(client, admin, { role_key: 'viewer' })
      await grant(client, admin, { user_id: ids.viewer, resource_type: 'widget' })
      await grant(client, admin, { user_id: ids.viewer, resource_id: other })
      for (const grantee of [{ user_id: ids.viewer }, { role_key: 'viewer' }])
        await expect(grant(client, admin, { ...grantee, access: 'edit' })).rejects.toMatchObject({
          code: '23505',
        })
      expect(await stored(client)).toHaveLength(4)
    }),
  )

  it.each([
    'workspace_id',
    'id',
    'resource_type',
    'resource_id',
    'user_id',
    'role_key',
    'granted_by',
    'created_at',
  ])('keeps %s from being changed', (column) =>
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer })
      const attempt = actAs(client, admin, `update public.resource_grants set ${column} = ${column}`)
      await expect(attempt).rejects.toMatchObject(denied)
    })(),
  )

  it(
    'takes nothing from those who administer access',
    premium(async (client) => {
      const conflict = { status: 409, code: 'conflict', details: 'access' }
      expect(await clientError(grant(client, admin, { role_key: 'admin', access: 'none' }))).toMatchObject(
        conflict,
      )
      expect(await clientError(grant(client, admin, { user_id: ids.admin, access: 'none' }))).toMatchObject(
        conflict,
      )
      const id = await grant(client, admin, { user_id: ids.member, access: 'none' })
      expect(await access(client, member)).toBe('none')
      await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
        ids.member,
      ])
      expect(await access(client, member)).toBe('manage')
      const again = actAs(client, admin, "update public.resource_grants set access = 'none' where id = $1", [
        id,
      ])
      expect(await clientError(again)).toMatchObject(conflict)
    }),
  )
})

describe('escalating', () => {
  it.each([
    ['nothing but grants.write', ['grants.write'], ['view', 'edit', 'manage', 'none'], []],
    ['reading', ['grants.write', 'dashboards.read'], ['edit', 'manage', 'none'], ['view']],
    ['writing', ['grants.write', 'dashboards.write'], ['view', 'edit', 'manage', 'none'], []],
    ['both', ['grants.write', 'dashboards.read', 'dashboards.write'], [], ['view', 'edit', 'manage', 'none']],
  ])('someone with %s gives and takes no more than that', (_, permissions, refused, allowed) =>
    premium(async (client) => {
      await giveCustomRole(client, ids.member, permissions)
      for (const level of refused) {
        for (const user_id of [ids.member, ids.viewer])
          expect(await clientError(grant(client, member, { user_id, access: level }))).toMatchObject({
            status: 403,
            code: 'permission_denied',
          })
        // Neither is what an admin gave changed or deleted.
        await client.query(
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
           values ($1, 'dashboard', $2, $3, $4)`,
          [ours, board, ids.viewer, level],
        )
        const before = await stored(client)
        const update = actAs(client, member, "update public.resource_grants set access = 'view'")
        expect(await clientError(update)).toMatchObject({ code: 'permission_denied' })
        expect((await actAs(client, member, 'delete from public.resource_grants')).rowCount).toBe(0)
        expect(await stored(client)).toEqual(before)
        await client.query('delete from public.resource_grants')
      }
      for (const level of allowed) {
        await grant(client, member, { user_id: ids.viewer, access: level })
        const updated = await actAs(client, member, 'update public.resource_grants set access = access')
        expect(updated.rowCount).toBe(1)
        expect((await actAs(client, member, 'delete from public.resource_grants')).rowCount).toBe(1)
      }
      expect(await stored(client)).toEqual([])
    })(),
  )

  it(
    'who holds a grant cannot pass it on',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer, access: 'manage' })
      expect(await access(client, viewer)).toBe('manage')
      expect(
        await clientError(grant(client, viewer, { user_id: ids.member, access: 'manage' })),
      ).toMatchObject({
        code: 'permission_denied',
        details: 'grants.write',
      })
      expect(
        await clientError(grant(client, viewer, { user_id: ids.viewer, resource_id: other })),
      ).toMatchObject({
        code: 'permission_denied',
      })
    }),
  )

  it.each([
    ['member', member],
    ['suspended admin', suspended],
    ['outsider', outsider],
  ])('the %s neither sees, changes nor deletes grants', (_, actor) =>
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.member, access: 'none' })
      const before = await stored(client)
      for (const sql of [
        'select from public.resource_grants',
        "update public.resource_grants set access = 'manage'",
        'delete from public.resource_grants',
      ])
        expect((await actAs(client, actor, sql)).rowCount).toBe(0)
      expect(await stored(client)).toEqual(before)
    })(),
  )
})

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
    ['access to a widget', [{ role_key: 'viewer', access: 'none', resource_type: 'widget' }], 'edit', 'view'],
  ])('with %s', (_, grants, memberAccess, viewerAccess) =>
    premium(async (client) => {
      for (const values of grants) await grant(client, admin, values)
      expect([await access(client, member), await access(client, viewer)]).toEqual([
        memberAccess,
        viewerAccess,
      ])
      expect(await access(client, admin)).toBe('manage')
      expect(await access(client, suspended)).toBe('none')
      expect(await access(client, outsider)).toBe('none')
    })(),
  )

  it(
    'a suspended member has nothing, whatever was granted',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.suspended, access: 'manage' })
      await grant(client, admin, { role_key: 'admin', access: 'manage', resource_id: other })
      expect([await access(client, suspended), await access(client, suspended, other)]).toEqual([
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
      expect([await access(client, viewer), await access(client, viewer, other)]).toEqual(['edit', 'view'])
      await client.query("update public.workspaces set plan_type = 'free'")
      expect([await access(client, viewer), await access(client, viewer, other)]).toEqual(['view', 'none'])
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
      expect(await access(client, viewer, board, theirs)).toBe('manage')
      expect(await access(client, viewer, board, ours)).toBe('view')
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
      await expect(access(client, anonymous)).rejects.toMatchObject(denied)
    }),
  )
})

describe('what goes takes its grants along', () => {
  it(
    'a member',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer, access: 'manage' })
      await client.query('delete from public.workspace_members where user_id = $1', [ids.viewer])
      expect(await stored(client)).toEqual([])
    }),
  )

  it(
    'a role',
    premium(async (client) => {
      await giveCustomRole(client, ids.member, ['dashboards.read'])
      await grant(client, admin, { role_key: 'custom' })
      await client.query("update public.workspace_members set role_key = 'member' where role_key = 'custom'")
      await client.query("delete from public.workspace_roles where key = 'custom'")
      expect(await stored(client)).toEqual([])
    }),
  )

  it(
    'a resource, in its own workspace alone',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer })
      await grant(client, admin, { user_id: ids.viewer, resource_id: other })
      await grant(client, admin, { user_id: ids.viewer, resource_type: 'widget' })
      await grant(client, outsider, { workspace_id: theirs, user_id: ids.outsider })
      const drop = "select private.drop_resource_grants($1, 'dashboard', $2)"
      await expect(actAs(client, admin, drop, [ours, board])).rejects.toMatchObject(denied)
      await client.query(drop, [ours, board])
      const { rows } = await client.query(
        'select workspace_id, resource_type, resource_id from public.resource_grants order by 1, 2',
      )
      expect(rows).toEqual([
        { workspace_id: ours, resource_type: 'dashboard', resource_id: other },
        { workspace_id: ours, resource_type: 'widget', resource_id: board },
        { workspace_id: theirs, resource_type: 'dashboard', resource_id: board },
      ])
    }),
  )

  it(
    'but a grant outlives the account that gave it, also on the free plan',
    premium(async (client) => {
      await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
        ids.member,
      ])
      await grant(client, member, { user_id: ids.viewer })
      await client.query("update public.workspaces set plan_type = 'free'")
      await client.query('delete from auth.users where id = $1', [ids.member])
      expect(await stored(client)).toMatchObject([{ user_id: ids.viewer, granted_by: null }])
    }),
  )
})

describe('a policy that honours grants', () => {
  /** 10,000 dashboards in `ours` and in `theirs`, with the same ids in both, under the policy of 43_resource_access. */
  const withBoards = (told: (client: pg.Client) => Promise<void>) =>
    premium(async (client) => {
      await client.query(`
        create table public.boards (workspace_id text, id uuid, n int, primary key (workspace_id, id));
        alter table public.boards enable row level security;
        grant select on public.boards to authenticated;
        create policy boards_select on public.boards for select to authenticated using (
          workspace_id = any ((select private.active_workspaces())::text[])
          and (
            workspace_id = any ((select private.workspaces_with('dashboards.read'))::text[])
              and (workspace_id, id) not in (select w.workspace_id, w.id from private.resources_without('dashboard') w)
            or (workspace_id, id) in (select w.workspace_id, w.id from private.resources_with('dashboard', 'view') w)
          )
        );
        insert into public.boards
        select w, md5(n::text)::uuid, n from unnest(array['${ours}', '${theirs}']) as w, generate_series(1, 10000) as n;
        analyze public.boards;`)
      await told(client)
    })

  const idOf = async (client: pg.Client, n: number) =>
    (await client.query<{ id: string }>('select md5($1::text)::uuid as id', [n])).rows[0]?.id

  const seen = async (client: pg.Client, actor: Actor) =>
    (
      await actAs(
        client,
        actor,
        'select workspace_id, count(*)::int, min(n) from public.boards group by 1 order by 1',
      )
    ).rows

  it(
    'adds what is given, and leaves out what is taken',
    withBoards(async (client) => {
      await giveCustomRole(client, ids.member, ['workspace.read'])
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
    withBoards(async (client) => {
      await giveCustomRole(client, ids.member, ['workspace.read'])
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
    withBoards(async (client) => {
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         select workspace_id, 'dashboard', id, $2, 'none' from public.boards where workspace_id = $1 and n <= 1000`,
        [ours, ids.member],
      )
      const { rows } = await actAs<{ 'QUERY PLAN': string }>(
        client,
        member,
        'explain (analyze, costs off, timing off, summary off) select count(*) from public.boards',
      )
      const plan = rows.map((row) => row['QUERY PLAN'])
      // Each helper is an init plan or a hash table filled once, and none is in what is asked per row.
      expect(plan.filter((line) => /(Filter|Cond):.*private\./.test(line))).toEqual([])
      expect(plan.filter((line) => /^\s*InitPlan \d/.test(line))).toHaveLength(2)
      expect(plan.join('\n').match(/NOT \(ANY \(\(workspace_id = \(hashed SubPlan/g)).toHaveLength(1)
      const scans = plan.filter((line) => /Function Scan on resources_/.test(line))
      expect(scans).toEqual([
        expect.stringMatching(/resources_without .*rows=1000 loops=1\)/),
        expect.stringMatching(/resources_with .*rows=0 loops=1\)/),
      ])
      expect(await seen(client, member)).toEqual([{ workspace_id: ours, count: 9_000, min: 1_001 }])
    }),
  )

  it(
    "reads rows of the caller's workspaces only, by index",
    withBoards(async (client) => {
      await client.query(
        `insert into public.boards
         select 'WK-' || w, gen_random_uuid(), n from generate_series(1, 500) as w, generate_series(1, 20) as n;
         analyze public.boards`,
      )
      const { rows } = await actAs<{ 'QUERY PLAN': string }>(
        client,
        outsider,
        'explain (costs off) select count(*) from public.boards',
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/Index Cond: \(workspace_id = ANY/)
      expect(plan).not.toContain('Seq Scan on boards')
    }),
  )
})
