import fc from 'fast-check'
import type pg from 'pg'
import { expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError, person } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, viewer } from '../../support/people/cast.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

// Up, down, up: on the smaller plan nothing is gone and everybody reads what they read, what is beyond a limit does not
// change, and on the larger plan again everything is as it was.

const story = policySuite()

const guest = ['dashboards.read', 'dashboards.write', 'grants.write', 'ai.use']
const roles = ['admin', 'member', 'viewer', 'guest'] as const
const world = fc.record({
  most: fc.record({
    members: fc.integer({ min: 0, max: 4 }),
    views: fc.integer({ min: 0, max: 3 }),
    agents: fc.integer({ min: 0, max: 3 }),
  }),
  people: fc.array(
    fc.record({
      role: fc.constantFrom(...roles),
      isActive: fc.boolean(),
      joined: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  views: fc.array(
    fc.record({
      owner: fc.nat(4),
      isShared: fc.boolean(),
      made: fc.integer({ min: 1, max: 9 }),
      /** Which role the view is withheld from, if any. */
      withheld: fc.option(fc.constantFrom(...roles.slice(1)), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  agents: fc.array(
    fc.record({ owner: fc.nat(4), isShared: fc.boolean(), made: fc.integer({ min: 1, max: 9 }) }),
    { maxLength: 4 },
  ),
})
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never

const idOf = (index: number) => `00000000-0000-4000-8000-00000000020${index}`
const viewOf = (index: number) => `00000000-0000-4000-8000-00000000030${index}`
const day = (number: number) => `2026-01-0${number}`
const agentOf = (index: number) => `00000000-0000-4000-8000-00000000040${index}`
const agentDocument = JSON.stringify({ name: 'Renamed', kind: 'custom', instructions: '' })
const ownerOf = ({ people }: World, { owner }: { owner: number }) => owner % people.length

async function build(client: pg.Client, at: World): Promise<void> {
  await client.query("insert into public.workspaces (id, name, plan_type) values ($1, 'Ours', 'premium')", [
    ours,
  ])
  await client.query(
    `insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, 'guest', 'Guest', $2)`,
    [ours, guest],
  )
  for (const [index, { role, isActive, joined }] of at.people.entries()) {
    await client.query('insert into auth.users (id, email) values ($1, $2)', [
      idOf(index),
      `p${index}@example.com`,
    ])
    await client.query(
      `insert into public.workspace_members (workspace_id, user_id, role_key, status, created_at)
       values ($1, $2, $3, $4, $5)`,
      [ours, idOf(index), role, isActive ? 'active' : 'suspended', day(joined)],
    )
  }
  for (const [index, view] of at.views.entries()) {
    await insertView(client, {
      id: viewOf(index),
      owner_id: idOf(ownerOf(at, view)),
      visibility: view.isShared ? 'workspace' : 'personal',
    })
    await insertWidget(client, { view_id: viewOf(index) })
    await client.query('update public.dashboard_views set created_at = $2 where id = $1', [
      viewOf(index),
      day(view.made),
    ])
    if (view.withheld)
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
         values ($1, 'dashboard', $2, $3, 'none')`,
        [ours, viewOf(index), view.withheld],
      )
  }
  for (const [index, agent] of at.agents.entries())
    await client.query(
      `insert into private.agents (workspace_id, id, name, kind, visibility, owner_id, created_at)
       values ($1, $2, 'Agent', 'custom', $3, $4, $5)`,
      [
        ours,
        agentOf(index),
        agent.isShared ? 'workspace' : 'personal',
        agent.isShared ? null : idOf(ownerOf(at, agent)),
        day(agent.made),
      ],
    )
  await client.query(
    'update private.view_versions set transaction_id = (pg_current_xact_id()::text::bigint - 1)::text::xid8',
  )
}

/** What somebody reads: by the policies, and by the functions that say the same. */
async function reads(client: pg.Client, index: number) {
  const { rows } = await actAs(
    client,
    person(idOf(index)),
    `select
       (select array_agg(v.id order by v.id) from public.dashboard_views v) as views,
       (select array_agg(w.id order by w.id) from public.widgets w) as widgets,
       (select count(*)::int from public.workspace_members) as members,
       (select array_agg(a.id) from jsonb_to_recordset(
         case when 'ai.use' = any (private.permissions_in($1)) then public.list_agents($1) end) as a (id text)) as agents,
       (select array_agg(t.id order by t.id) from unnest($2::uuid[]) as t (id)
        where public.my_access($1, 'dashboard', t.id) <> 'none') as accessible`,
    [ours, Array.from({ length: 7 }, (_, view) => viewOf(view))],
  )
  expect(rows[0]?.accessible ?? []).toEqual(rows[0]?.views ?? [])
  return rows[0]
}

/** What comes of writing: what somebody may do, by the functions and by a write to each view, which is taken back. */
async function writes(client: pg.Client, at: World, index: number) {
  const actor = person(idOf(index))
  const { rows } = await actAs(
    client,
    actor,
    `select public.my_access($1, 'dashboard', t.id) as access, private.permissions_in($1) as held
     from unnest($2::uuid[]) as t (id)`,
    [ours, at.views.map((_, view) => viewOf(view))],
  )
  const outcomeOf = async (sql: string, values: unknown[]) => {
    await client.query('savepoint attempt')
    const outcome = await actAs(client, actor, sql, values).then(
      ({ rowCount }) => String(rowCount),
      async (error) => String((await clientError(Promise.reject(error))).code),
    )
    await client.query('rollback to savepoint attempt')
    return outcome
  }
  const outcomes: string[] = []
  for (const view of at.views.keys())
    outcomes.push(
      await outcomeOf("update public.dashboard_views set name = 'Renamed' where id = $1", [viewOf(view)]),
    )
  const agents: string[] = []
  for (const agent of at.agents.keys())
    agents.push(
      await outcomeOf('select public.save_agent($1, $2, $3, 1)', [ours, agentDocument, agentOf(agent)]),
    )
  return {
    held: rows[0]?.held as string[],
    access: rows.map(({ access }) => String(access)),
    outcomes,
    agents,
  }
}

/** Those that a plan has room for: the oldest. */
const oldest = (things: { made: number }[], most: number) =>
  things
    .map(({ made }, index) => ({ made, index }))
    .toSorted((one, other) => one.made - other.made || one.index - other.index)
    .slice(0, most)
    .map(({ index }) => index)

const everything = async (client: pg.Client) =>
  (
    await client.query(
      `select (select jsonb_agg(to_jsonb(m) - 'updated_at' order by m.user_id) from public.workspace_members m) as members,
         (select jsonb_agg(v order by v.id) from public.dashboard_views v) as views,
         (select jsonb_agg(a order by a.id) from private.agents a) as agents,
         (select jsonb_agg(a order by a.member_id) from private.active_members a) as active`,
    )
  ).rows[0]

it('premium, free and premium again is what it was, in random worlds', { timeout: 120_000 }, async () => {
  await story(async (client) => {
    await client.query('delete from public.workspaces; delete from auth.users')
    // Who gives what is no matter here. Once for all worlds: every plan is made anew after it.
    await client.query('alter table public.resource_grants disable trigger resource_grants_validate')
    await fc.assert(
      fc.asyncProperty(world, async (at) => {
        await client.query('savepoint world')
        await build(client, at)
        const all = async <Of>(what: (index: number) => Promise<Of>) => {
          const found: Of[] = []
          for (const index of at.people.keys()) found.push(await what(index))
          return found
        }
        const before = {
          rows: await everything(client),
          reads: await all((index) => reads(client, index)),
          writes: await all((index) => writes(client, at, index)),
        }

        await limitFree(client, at.most)
        await setPlan(client, 'free')
        const free = await everything(client)
        expect({ ...free, active: undefined }).toEqual({ ...before.rows, active: undefined })
        for (const [index, read] of (await all((each) => reads(client, each))).entries()) {
          // Agents are for who may use them, which a viewer may not.
          const { agents, ...rest } = read ?? {}
          expect(rest).toEqual({ ...before.reads[index], agents: undefined })
          expect([null, before.reads[index]?.agents]).toContainEqual(agents)
        }
        const seated = at.people
          .map((each, index) => ({ ...each, index }))
          .filter(({ isActive }) => isActive)
          .toSorted(
            (one, other) =>
              Number(one.role !== 'admin') - Number(other.role !== 'admin') ||
              one.joined - other.joined ||
              one.index - other.index,
          )
          .slice(0, Math.max(at.most.members, 1))
          .map(({ index }) => index)
        const kept = at.views
          .map((view, index) => ({ ...view, index }))
          .filter((view) => {
            const earlier = at.views.filter(
              (other, index) =>
                ownerOf(at, other) === ownerOf(at, view) &&
                (other.made < view.made || (other.made === view.made && index < view.index)),
            )
            return earlier.length < at.most.views
          })
          .map(({ index }) => index)
        const keptAgents = oldest(at.agents, at.most.agents)
        for (const [index, now] of (await all((each) => writes(client, at, each))).entries()) {
          const then = before.writes[index]
          if (seated.includes(index)) expect(now.held).toEqual(then?.held)
          else {
            expect(then?.held).toEqual(expect.arrayContaining(now.held))
            expect(now.held.filter((key) => key.endsWith('.write'))).toEqual([])
          }
          for (const [agent, outcome] of now.agents.entries())
            if (!seated.includes(index)) expect(outcome).not.toBe('1')
            else
              expect(outcome).toBe(
                then?.agents[agent] === '1' && !keptAgents.includes(agent)
                  ? 'payment_required'
                  : then?.agents[agent],
              )
          for (const [view, outcome] of now.outcomes.entries()) {
            if (seated.includes(index))
              expect(outcome).toBe(
                then?.outcomes[view] === '1' && !kept.includes(view)
                  ? 'payment_required'
                  : then?.outcomes[view],
              )
            // A view of one's own is arranged as a viewer arranges it.
            else if (!['view', 'none'].includes(String(now.access[view])))
              expect(at.views[view]).toMatchObject({ isShared: false })
            else expect(outcome).toBe('0')
          }
        }

        await setPlan(client, 'premium')
        expect(await everything(client)).toEqual(before.rows)
        expect(await all((index) => reads(client, index))).toEqual(before.reads)
        expect(await all((index) => writes(client, at, index))).toEqual(before.writes)
        await client.query('rollback to savepoint world')
      }),
      { numRuns: 12 },
    )
  })()
})

it(
  'a seat that is lost gives nothing: no permission, no grant that is lifted',
  policySuite(createCast)(async (client) => {
    await setPlan(client, 'premium', ours)
    await client.query(
      `insert into public.workspace_roles (workspace_id, key, name, permissions)
       values ($1, 'little', 'Little', '{workspace.read}')`,
      [ours],
    )
    await client.query("update public.workspace_members set role_key = 'little' where user_id = $1", [
      ids.viewer,
    ])
    const view = await insertView(client, {})
    await client.query(
      `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
       values ($1, 'dashboard', $2, 'member', 'none')`,
      [ours, view],
    )
    await setPlan(client, 'free', ours)
    await limitFree(client, { members: 1 })
    const held = async (actor = member) =>
      (await actAs(client, actor, 'select private.permissions_in($1) as held', [ours])).rows[0]?.held
    expect(await held(viewer)).toEqual(['workspace.read'])
    expect(await held()).not.toContain('dashboards.write')
    expect((await actAs(client, member, 'select from public.dashboard_views')).rowCount).toBe(0)
    expect((await actAs(client, viewer, 'select from public.dashboard_views')).rowCount).toBe(0)
    expect(await held(admin)).toContain('members.update')
  }),
)
