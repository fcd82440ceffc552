import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { entitlementsSchema, planChangeSchema } from '../../../types/entitlements.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { answers, saveSource } from '../../support/dashboards/widget-data.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveRole, join } from '../../support/people/members.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

const story = policySuite()

const entitlements = async (client: pg.Client, actor: Actor = member) =>
  entitlementsSchema.parse(await call(client, actor, 'entitlements', [ours]))
const limit = async (client: pg.Client, key: string, actor?: Actor) => {
  const { most, use, beyond } =
    (await entitlements(client, actor)).limits.find((each) => each.key === key) ?? {}
  return { most, use, beyond }
}
const preview = async (client: pg.Client, actor: Actor, plan: string, ...page: number[]) =>
  planChangeSchema.parse(await call(client, actor, 'preview_plan_change', [ours, plan, ...page]))

async function fill(client: pg.Client): Promise<void> {
  await setPlan(client, 'premium', ours)
  await insertComponent(client, ours, {})
  await saveSource(client, answers)
  for (const visibility of ['personal', 'workspace'])
    await call(client, admin, 'save_agent', [
      ours,
      JSON.stringify({ name: `Analyst, ${visibility}`, kind: 'analyst', instructions: '', visibility }),
    ])
  await client.query("update private.agents set owner_id = $1 where visibility = 'personal'", [ids.member])
  await insertView(client, { owner_id: ids.member, visibility: 'personal', name: 'Secret' })
  await insertView(client, { owner_id: ids.viewer, visibility: 'workspace', name: 'Board' })
}

describe('entitlements', () => {
  it(
    'tell every member what the plan allows, what is used, and what the next plan would add',
    story(async (client) => {
      const free = await entitlements(client, viewer)
      expect(free).toMatchObject({ planType: 'free', features: [], period: null, isReadOnly: false })
      expect(free.next).toMatchObject({ planType: 'premium', trialDays: 14 })
      expect(free.next?.features).toContain('custom_roles')
      const { rows: more } = await client.query(
        `select p.limit_key as key, p.most::integer from public.plan_limits p
         join public.plan_limits f using (limit_key)
         where p.plan_key = 'premium' and f.plan_key = 'free'
           and (p.most > f.most or (p.most is null) <> (f.most is null))
         order by limit_key`,
      )
      expect(free.next?.limits).toEqual(more)
      expect(free.next?.limits).toContainEqual({ key: 'members', most: null })
      expect(free.limits.find(({ key }) => key === 'members')).toEqual({
        key: 'members',
        unit: 'count',
        scope: 'workspace',
        most: 10,
        use: 3,
        beyond: 0,
      })
      expect(await limit(client, 'members')).toEqual({ most: 10, use: 3, beyond: 0 })
      await fill(client)
      expect(await limit(client, 'members')).toEqual({ most: null, use: 3, beyond: 0 })
      expect((await entitlements(client)).next).toBeNull()
      expect(await limit(client, 'custom_components')).toMatchObject({ use: 1 })
      expect(await limit(client, 'data_sources')).toMatchObject({ use: 1 })
      expect(await limit(client, 'agents')).toMatchObject({ use: 2 })
      // Of views one's own are told.
      expect(await limit(client, 'views', member)).toMatchObject({ use: 1 })
      expect(await limit(client, 'views', admin)).toMatchObject({ use: 0 })
      expect(await clientError(entitlements(client, suspended))).toMatchObject({ code: 'not_found' })
    }),
  )

  it(
    'say what is read-only, and session_context to whom',
    story(async (client) => {
      await fill(client)
      await client.query("select private.count_usage($1, 'ai_credits', 7)", [ours])
      await setPlan(client, 'free', ours)
      await limitFree(client, { members: 1, views: 0, agents: 1, ai_credits: 1 })
      expect(await limit(client, 'members')).toEqual({ most: 1, use: 3, beyond: 2 })
      expect(await limit(client, 'agents')).toEqual({ most: 1, use: 2, beyond: 1 })
      expect(await limit(client, 'views')).toEqual({ most: 0, use: 1, beyond: 1 })
      expect(await limit(client, 'custom_components')).toEqual({ most: 0, use: 1, beyond: 1 })
      // Used is used: nothing of it is read-only.
      expect(await limit(client, 'ai_credits')).toEqual({ most: 1, use: 7, beyond: 0 })
      expect((await entitlements(client, member)).isReadOnly).toBe(true)
      expect((await entitlements(client, admin)).isReadOnly).toBe(false)
      const session = async (actor: Actor) =>
        (await call<{ workspaces: Record<string, unknown>[] }>(client, actor, 'session_context', []))
          .workspaces[0]
      const mine = await session(member)
      expect(mine).toMatchObject({ role: 'member', planType: 'free', planStatus: null, isReadOnly: true })
      expect(mine?.permissions).toContain('dashboards.read')
      expect(mine?.permissions).not.toContain('dashboards.write')
      expect(await session(admin)).toMatchObject({ isReadOnly: false })
      expect(await session(suspended)).toMatchObject({ isReadOnly: null, planStatus: null })
    }),
  )
})

describe('a preview of a plan', () => {
  it(
    'names to who manages billing what they may read beside that, and counts what concerns this workspace',
    story(async (client) => {
      await fill(client)
      await limitFree(client, { members: 1, views: 0, data_sources: 0, agents: 0 })
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name)
         select w.id, r.key, r.key from public.workspaces w, unnest('{one,two}'::text[]) as r (key)`,
      )
      const view = await insertView(client, { owner_id: ids.member, visibility: 'workspace' })
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
         values ($1, 'dashboard', $2, 'viewer', 'edit'), ($1, 'dashboard', $2, 'member', 'none')`,
        [ours, view],
      )
      const { features } = await preview(client, admin, 'free')
      expect(Object.fromEntries(features.map(({ key, use }) => [key, use]))).toMatchObject({
        custom_roles: 2,
        resource_grants: 1,
        custom_components: 1,
        http_sources: 0,
        webhooks: 0,
        marketplace_publishing: 0,
      })
      await client.query(
        "update public.workspace_members set role_key = 'one' where workspace_id = $1 and user_id = $2",
        [ours, ids.member],
      )
      const named = async (permission: string) => {
        await client.query(
          "update public.workspace_roles set permissions = $2 where workspace_id = $1 and key = 'one'",
          [ours, ['billing.manage', permission]],
        )
        const { things } = await preview(client, member, 'free')
        return [...new Set(things.filter(({ name }) => name !== null).map(({ limit: key }) => key))]
      }
      for (const [permission, keys] of Object.entries({
        'members.read': ['members'],
        'dashboards.read': ['views'],
        'components.write': ['custom_components'],
        'integrations.manage': ['data_sources'],
        'ai.use': ['agents'],
        'workspace.read': [],
      }))
        expect(await named(permission), permission).toEqual(keys)
    }),
  )

  it(
    'lists what it has no room for by limit, person and thing, by page, without the names of what is personal',
    story(async (client) => {
      await fill(client)
      await limitFree(client, { members: 1, views: 0, data_sources: 0, agents: 0 })
      const all = await preview(client, admin, 'free')
      expect(all).toMatchObject({ from: 'premium', planType: 'free', total: 8 })
      expect(all.limits).toEqual([
        { key: 'agents', most: 0, beyond: 2 },
        { key: 'custom_components', most: 0, beyond: 1 },
        { key: 'data_sources', most: 0, beyond: 1 },
        { key: 'members', most: 1, beyond: 2 },
        { key: 'views', most: 0, beyond: 2 },
      ])
      expect(all.features).toContainEqual({ key: 'custom_components', use: 1 })
      expect(all.things.map(({ limit: key, name, person }) => [key, name, person?.name ?? null])).toEqual([
        ['agents', null, 'member'],
        ['agents', 'Analyst, workspace', null],
        ['custom_components', 'gauge', null],
        ['data_sources', 'Answers', null],
        ['members', 'member', 'member'],
        ['members', 'viewer', 'viewer'],
        ['views', null, 'member'],
        ['views', 'Board', 'viewer'],
      ])
      const second = await preview(client, admin, 'free', 2, 4)
      expect(second).toMatchObject({ total: 8, page: 2, perPage: 4 })
      expect(second.things).toEqual(all.things.slice(4))
      expect(await preview(client, admin, 'premium')).toMatchObject({ total: 0, things: [], features: [] })
    }),
  )

  it(
    'is for who manages billing, who is told no names that they may not read',
    story(async (client) => {
      await fill(client)
      await limitFree(client, { members: 1, views: 0, data_sources: 0, agents: 0 })
      expect(await clientError(preview(client, member, 'free'))).toMatchObject({
        code: 'permission_denied',
        details: 'billing.manage',
      })
      await giveRole(client, 'payer', ['billing.manage'], [ids.member])
      const { things } = await preview(client, member, 'free')
      expect(things.map(({ limit: key, name }) => [key, name])).toEqual([
        ['agents', null],
        ['agents', null],
        ['custom_components', null],
        ['data_sources', null],
        ['members', null],
        ['members', null],
        ['views', null],
        ['views', null],
      ])
      expect(things.filter(({ person }) => person?.name)).toEqual([])
      for (const [plan, page, perPage, field] of [
        ['gold', 1, 50, 'plan'],
        ['x'.repeat(5_000_000), 1, 50, 'plan'],
        ['free', 0, 50, 'page'],
        ['free', 1, 101, 'per_page'],
      ] as const)
        expect(await clientError(preview(client, admin, plan, page, perPage))).toMatchObject({
          code: 'invalid_input',
          details: field,
        })
    }),
  )
})

it(
  'a key of somebody without a seat may do no more than they, and ends without giving the seat back',
  story(async (client) => {
    await setPlan(client, 'premium', ours)
    await giveRole(client, 'maker', ['api_keys.manage', 'dashboards.read', 'dashboards.write'], [ids.member])
    const { id } = await call<{ id: string }>(client, member, 'create_api_key', [
      ours,
      'Shop',
      ['dashboards.read', 'dashboards.write'],
    ])
    const held = async (sub: string) =>
      (
        await actAs(client, { role: 'authenticated', sub }, 'select private.permissions_in($1) as held', [
          ours,
        ])
      ).rows[0]?.held
    expect(await held(id)).toEqual(['dashboards.read', 'dashboards.write'])
    await setPlan(client, 'free', ours)
    await limitFree(client, { members: 1 })
    expect(await held(id)).toEqual(['dashboards.read'])
    await call(client, admin, 'revoke_api_key', [id])
    // A write that changes nothing gives it back no more.
    await call(client, admin, 'change_member', [ours, ids.member, null, 'active'])
    expect(await held(ids.member)).toEqual(['dashboards.arrange', 'dashboards.read'])
    await setPlan(client, 'premium', ours)
    expect(await held(ids.member)).toContain('api_keys.manage')
  }),
)

describe('what is counted', () => {
  it(
    'of views is neither deleted nor nobody’s, nor of another workspace',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      await limitFree(client, { views: 1 })
      const [first, second] = [
        await insertView(client, { owner_id: ids.member }),
        await insertView(client, { owner_id: ids.member }),
      ]
      for (let time = 0; time < 2; time++) {
        await insertView(client, { owner_id: ids.member, deleted_at: 'now' })
        await insertView(client)
      }
      await join(client, theirs, ids.member)
      await insertView(client, { workspace_id: theirs, owner_id: ids.member })
      expect(await limit(client, 'views')).toMatchObject({ use: 2 })
      const beyond = (
        await client.query("select id from private.things_beyond($1, 'free') where limit_key = 'views'", [
          ours,
        ])
      ).rows
      expect(beyond).toHaveLength(1)
      expect([first, second]).toContain(beyond[0].id)
    }),
  )

  it(
    'of what a plan would take away is of the workspace, and of that kind',
    story(async (client) => {
      await setPlan(client, 'premium')
      const [grants, sources, destinations] = [
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
         values ($1, 'dashboard', $2, 'viewer', 'edit')`,
        `insert into private.data_sources (workspace_id, kind, name, url) values ($1, 'http_json', 'A', 'https://a.test/')`,
        `insert into private.destinations (workspace_id, kind, name, events, shown_url, secret_id)
         values ($1, $2, 'A', '{x}', 'https://a.test/', gen_random_uuid())`,
      ]
      await client.query('set local session_replication_role = replica')
      for (const workspace of [ours, theirs]) {
        await client.query(grants, [workspace, await insertView(client, { workspace_id: workspace })])
        await client.query(sources, [workspace])
        await client.query(destinations, [workspace, 'webhook'])
      }
      await client.query(destinations, [ours, 'slack'])
      await client.query('set local session_replication_role = origin')
      const { rows } = await client.query(
        `select private.lost_features($1, p, 'free') as lost from public.plans p where p.key = 'premium'`,
        [ours],
      )
      for (const key of ['resource_grants', 'http_sources', 'webhooks'])
        expect(rows[0].lost).toContainEqual({ key, use: 1 })
    }),
  )

  it(
    'of the next plan is what it has more of, and not what both have alike',
    story(async (client) => {
      const set = (plan: string, most: number | null) =>
        client.query("update public.plan_limits set most = $2 where plan_key = $1 and limit_key = 'views'", [
          plan,
          most,
        ])
      for (const [free, premium, isMore] of [
        [5, 6, true],
        [5, 5, false],
        [6, 5, false],
        [5, null, true],
        [null, null, false],
        [null, 5, false],
      ] as const) {
        await set('free', free)
        await set('premium', premium)
        const { next } = await entitlements(client)
        expect([free, premium, next?.limits.some(({ key }) => key === 'views')]).toEqual([
          free,
          premium,
          isMore,
        ])
      }
    }),
  )

  it(
    'is told to nobody who is not in the workspace, by a refusal neither',
    story(async (client) => {
      await limitFree(client, { views: 0 })
      const make = actAs(
        client,
        outsider,
        "insert into public.dashboard_views (workspace_id, name, visibility) values ($1, 'Mine', 'personal')",
        [ours],
      )
      expect(await clientError(make)).toMatchObject({ code: 'not_found' })
    }),
  )
})
