import fc from 'fast-check'
import pg from 'pg'
import { expect, it } from 'vitest'
import { type Actor, actAs, person } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids, ours, theirs } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// Who may do what with a view is asked in two ways: by policies, of the view and of its shares, and by my_access about
// one. Both have to give what the rules say, which are written down here once more, for random people in one workspace
// and several, views, shares and grants. The seed is fixed, so a failure can be seen again.

const story = policySuite()
const seed = 20_261_122

const levels = ['none', 'view', 'edit', 'manage'] as const
type Level = (typeof levels)[number]
type Name = keyof typeof ids
const names: Name[] = ['admin', 'member', 'viewer', 'suspended', 'outsider']

const permissionsOf = {
  admin: ['dashboards.arrange', 'dashboards.read', 'dashboards.write', 'grants.write'],
  member: ['dashboards.arrange', 'dashboards.read', 'dashboards.write'],
  viewer: ['dashboards.arrange', 'dashboards.read'],
}
/** Two people who are asked in a world: to make it takes longer than to ask. */
const anyNames = fc.shuffledSubarray(names, { minLength: 2, maxLength: 2 })
const insider = fc.constantFrom<Name>('admin', 'member', 'viewer', 'suspended')
const elsewhere = fc.option(fc.constantFrom<keyof typeof permissionsOf>('admin', 'member', 'viewer'))
const role = fc.constantFrom<keyof typeof permissionsOf | 'custom'>('admin', 'member', 'viewer', 'custom')

const world = fc.record({
  isPremium: fc.boolean(),
  custom: fc.subarray(permissionsOf.admin),
  roles: fc.record({ admin: role, member: role, viewer: role, suspended: role }),
  rolesInTheirs: fc.record({ admin: elsewhere, member: elsewhere, viewer: elsewhere, suspended: elsewhere }),
  views: fc.array(
    fc.record({
      inOurs: fc.oneof(
        { weight: 5, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
      owner: fc.option(insider),
      isShared: fc.boolean(),
      isDeleted: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      shares: fc.uniqueArray(
        fc.record({
          to: fc.oneof(
            insider,
            role.map((key) => ({ role: key })),
          ),
          access: fc.constantFrom('view', 'edit'),
        }),
        { maxLength: 3, selector: ({ to }) => JSON.stringify(to) },
      ),
      grants: fc.uniqueArray(
        fc.record({
          to: fc.oneof(
            insider,
            role.map((key) => ({ role: key })),
          ),
          access: fc.constantFrom(...levels),
        }),
        { maxLength: 3, selector: ({ to }) => JSON.stringify(to) },
      ),
    }),
    { minLength: 1, maxLength: 8 },
  ),
})
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never
type View = World['views'][number]
type Given = Name | { role: string }

const idOf = (index: number) => `00000000-0000-4000-8000-0000000001${String(index).padStart(2, '0')}`
const indexOf = (id: string) => Number(id.slice(-2))
const roleOf = ({ roles }: World, name: Name) => (name === 'outsider' ? undefined : roles[name])
const concerns = (at: World, to: Given, name: Name) =>
  typeof to === 'string' ? to === name : to.role === roleOf(at, name)

/** What somebody's role in `ours` permits, as long as they are active. */
function heldBy(at: World, name: Name): string[] {
  const key = roleOf(at, name)
  if (!key || name === 'suspended') return []
  if (key !== 'custom') return permissionsOf[key]
  return at.custom.includes('dashboards.write') ? ['dashboards.arrange', ...at.custom] : at.custom
}

/** What it permits in `theirs`, where nobody is suspended. */
function heldInTheirs(at: World, name: Name): string[] {
  const key = name === 'outsider' ? 'admin' : at.rolesInTheirs[name]
  return key ? permissionsOf[key] : []
}

/** The rules in words of their own: what somebody may do with a view, whether it is deleted or not. */
function expected(at: World, view: View, name: Name): Level {
  const held = view.inOurs ? heldBy(at, name) : heldInTheirs(at, name)
  if (view.inOurs && (name === 'outsider' || name === 'suspended')) return 'none'
  const [reads, administers] = [held.includes('dashboards.read'), held.includes('grants.write')]
  const writes = reads && held.includes('dashboards.write')
  const owns = view.owner === name
  const isShared = view.isShared || !view.owner
  const arranges = reads && held.includes('dashboards.arrange') && owns && !isShared
  const shares = !view.inOurs
    ? []
    : view.shares.filter(({ to }) => concerns(at, to, name)).map(({ access }) => access)

  let byRole: Level = 'none'
  if (reads && (owns || isShared || shares.length > 0)) byRole = 'view'
  if (writes && (isShared || shares.includes('edit'))) byRole = 'edit'
  if (writes && (owns || (isShared && administers))) byRole = 'manage'
  if (arranges) byRole = 'manage'
  if (!view.inOurs) return byRole

  const counting = view.grants
    .filter(({ to }) => concerns(at, to, name))
    .filter(({ access }) => (access === 'none' ? !administers : at.isPremium))
    .toSorted((one, other) => Number(typeof other.to === 'string') - Number(typeof one.to === 'string'))
  const granted = counting[0]?.access
  if (granted === 'none') return owns && reads ? byRole : 'none'
  return granted && levels.indexOf(granted) > levels.indexOf(byRole) ? granted : byRole
}

/** Makes a world where every workspace is on the premium plan. */
async function build(client: pg.Client, at: World): Promise<void> {
  const grantee = (to: Given) => (typeof to === 'string' ? [ids[to], null] : [null, to.role])
  await client.query(
    `insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, 'custom', 'Custom', $2)`,
    [ours, at.custom],
  )
  for (const name of names)
    await client.query(
      'update public.workspace_members set role_key = coalesce($1, role_key) where user_id = $2',
      [roleOf(at, name), ids[name]],
    )
  for (const [name, key] of Object.entries(at.rolesInTheirs))
    if (key)
      await client.query(
        'insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, $3)',
        [theirs, ids[name as Name], key],
      )
  for (const [index, view] of at.views.entries()) {
    const workspaceId = view.inOurs ? ours : theirs
    const isShared = view.isShared || !view.owner
    await client.query(
      `insert into public.dashboard_views (workspace_id, id, name, visibility, owner_id, deleted_at)
       values ($1, $2, 'A view', $3, $4, case when $5 then now() end)`,
      [
        workspaceId,
        idOf(index),
        isShared ? 'workspace' : 'personal',
        view.owner ? ids[view.owner] : null,
        view.isDeleted,
      ],
    )
    if (!view.inOurs) continue
    for (const { to, access } of view.shares)
      await client.query(
        `insert into public.dashboard_view_shares (workspace_id, view_id, user_id, role_key, access)
         values ($1, $2, $3, $4, $5)`,
        [ours, idOf(index), ...grantee(to), access],
      )
    for (const { to, access } of view.grants)
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, role_key, access)
         values ($1, 'dashboard', $2, $3, $4, $5)`,
        [ours, idOf(index), ...grantee(to), access],
      )
  }
  if (!at.isPremium) await setPlan(client, 'free')
}

async function idsFrom(client: pg.Client, actor: Actor, sql: string): Promise<string[]> {
  const { rows } = await actAs<{ id: string }>(client, actor, sql)
  return rows.map(({ id }) => id).toSorted()
}

/** Whether the policy of shares lets somebody make one, which a share that is there already does not hide. */
async function mayShare(
  client: pg.Client,
  actor: Actor,
  workspaceId: string,
  viewId: string,
): Promise<boolean> {
  await client.query('savepoint share')
  try {
    await actAs(
      client,
      actor,
      "insert into public.dashboard_view_shares (workspace_id, view_id, role_key) values ($1, $2, 'viewer')",
      [workspaceId, viewId],
    )
    return true
  } catch (error) {
    return error instanceof pg.DatabaseError && error.code === '23505'
  } finally {
    await client.query('rollback to savepoint share')
  }
}

/** Of the views that somebody manages, those that they may share: to arrange one's own is not to show it to others. */
const sharers = (at: World, name: Name, managed: string[]) =>
  managed.filter((id) => {
    const view = at.views[indexOf(id)]
    const held = view?.inOurs ? heldBy(at, name) : heldInTheirs(at, name)
    return view?.owner !== name || held.includes('dashboards.write')
  })

/** Holds all that one person may do in a world to the rules; returns the levels of which there is something. */
async function levelsFound(client: pg.Client, at: World, name: Name): Promise<Level[]> {
  await client.query('savepoint person')
  try {
    const actor = person(ids[name])
    const has = (level: Level, isDeleted = false) =>
      at.views
        .map((view, index) => ({ view, id: idOf(index) }))
        .filter(({ view }) => view.isDeleted === isDeleted)
        .filter(({ view }) => levels.indexOf(expected(at, view, name)) >= levels.indexOf(level))
        .map(({ id }) => id)
    const { rows } = await actAs<{ id: string; access: string }>(
      client,
      actor,
      `select v.id, public.my_access(v.workspace_id, 'dashboard', v.id) as access
       from unnest($1::uuid[], $2::text[]) as v (id, workspace_id)`,
      [at.views.map((_, index) => idOf(index)), at.views.map(({ inOurs }) => (inOurs ? ours : theirs))],
    )
    expect(Object.fromEntries(rows.map(({ id, access }) => [id, access]))).toEqual(
      Object.fromEntries(
        at.views.map((view, index) => [idOf(index), view.isDeleted ? 'none' : expected(at, view, name)]),
      ),
    )
    expect(await idsFrom(client, actor, 'select id from public.dashboard_views')).toEqual(has('view'))
    expect(
      await idsFrom(client, actor, "update public.dashboard_views set name = 'Mine' returning id"),
    ).toEqual(has('edit'))
    const shareable = []
    for (const [index, view] of at.views.entries())
      if (await mayShare(client, actor, view.inOurs ? ours : theirs, idOf(index))) shareable.push(idOf(index))
    expect(shareable.toSorted()).toEqual(sharers(at, name, has('manage')))
    if (heldBy(at, name).includes('dashboards.read'))
      expect(
        await idsFrom(
          client,
          actor,
          `select v ->> 'id' as id from jsonb_array_elements(public.list_deleted_views('${ours}')) as v`,
        ),
      ).toEqual(has('manage', true).filter((id) => at.views[indexOf(id)]?.inOurs))
    return levels.filter((level) => has(level).length > 0)
  } finally {
    await client.query('rollback to savepoint person')
  }
}

it(
  'to a view is the same for policies and single questions: what the rules say',
  story(async (client) => {
    // Whoever is the last admin is no matter here. Once for all worlds: every plan is made anew after it.
    await client.query(
      'alter table public.workspace_members disable trigger user, enable trigger workspace_members_keep_active_members',
    )
    await client.query('alter table public.resource_grants disable trigger resource_grants_validate')
    await setPlan(client, 'premium')
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(world, anyNames, async (at, asked) => {
        await client.query('savepoint world')
        try {
          await build(client, at)
          for (const name of asked) for (const level of await levelsFound(client, at, name)) seen.add(level)
        } finally {
          await client.query('rollback to savepoint world')
        }
      }),
      { seed, numRuns: 75 },
    )
    expect([...seen].toSorted()).toEqual([...levels].toSorted())
  }),
  60_000,
)
