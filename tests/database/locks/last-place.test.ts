import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { gauge } from '../../support/dashboards/components.ts'
import { themeColumns } from '../../support/dashboards/themes.ts'
import { answers } from '../../support/dashboards/widget-data.ts'
import { type Actor, actAs, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { type OpenDatabase, openDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import { webhook } from '../../support/integrations/destinations.ts'
import { createApiKey } from '../../support/people/api-keys.ts'
import { invite } from '../../support/people/invitations.ts'
import { dial, insertListings } from '../../support/people/marketplace.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'
import { createWorld, type World } from '../../support/people/world.ts'

// Two at the same moment for one place: the second waits, and counts what the first has made.

let opened: OpenDatabase
let sessions: Sessions
let world: World
let worlds = 0

beforeAll(async () => {
  opened = await openDatabase()
  sessions = { observer: opened.observer, first: await opened.connect(), second: await opened.connect() }
})
afterAll(() => opened[Symbol.asyncDispose]())

beforeEach(async () => {
  worlds += 1
  world = await createWorld(sessions.observer, worlds)
})

const twice = (actor: Actor, sql: string, ...values: unknown[][]) =>
  overlap(
    sessions,
    (client: pg.Client) => actAs(client, actor, sql, values[0]),
    (client: pg.Client) => actAs(client, actor, sql, values[1] ?? values[0]),
  )

const count = async (from: string, ...values: unknown[]) =>
  (await sessions.observer.query(`select from public.${from}`, [world.workspace, ...values])).rowCount

/** A listing of the world. */
async function makeListing(): Promise<string> {
  const { rows } = await sessions.observer.query(
    `with listing as (
       insert into public.marketplace_listings (kind, name, author, description, category, licence)
       values ('theme', 'Dusk', 'Me', 'Dark.', 'design', 'MIT') returning id
     )
     insert into private.marketplace_publishers (workspace_id, listing_id, name_form, author_form)
     select $1, id, 'dusk', 'me' from listing returning listing_id as id`,
    [world.workspace],
  )
  return rows[0].id
}

const { name, version, colors, radius } = themeColumns
const themes = `insert into public.themes (workspace_id, name, version, colors, radius, visibility)
  select $1, $2, $3, $4, $5, $6`

describe('at the same moment', () => {
  it('a version of a component is published once', async () => {
    const next = [world.workspace, { ...gauge, version: '1.1.0' }]
    expect(await twice(world.boss, 'select public.publish_component($1, $2)', next)).toEqual([
      'done',
      'conflict',
    ])
    expect(await count("component_versions where workspace_id = $1 and version = '1.1.0'")).toBe(1)
  })

  it('the hundredth invitation is sent once on the free plan', async () => {
    await setPlan(sessions.observer, 'free', world.workspace)
    // One is there already; the others have expired, and take no seat.
    await sessions.observer.query(
      `insert into public.workspace_invitations (workspace_id, email, role_key, expires_at)
       select $1, n || '@example.com', 'viewer', now() - interval '1 day'
       from generate_series(1, 98) as n`,
      [world.workspace],
    )
    const invite = "select public.create_invitation($1, $2, 'viewer')"
    expect(
      await twice(world.boss, invite, [world.workspace, 'a@example.com'], [world.workspace, 'b@example.com']),
    ).toEqual(['done', 'conflict'])
    expect(await count('workspace_invitations where workspace_id = $1')).toBe(100)
  })

  it.each([
    ['made', "select public.create_view($1, 'Last')"],
    ['made through the table', "insert into public.dashboard_views (workspace_id, name) values ($1, 'Last')"],
    ['made and had back', 'restore'],
  ])('the two hundredth view of a person is %s once', async (_, sql) => {
    await sessions.observer.query(
      `insert into public.dashboard_views (workspace_id, name, visibility, owner_id)
       select $1, 'View ' || n, 'workspace', $2 from generate_series(1, 199) as n`,
      [world.workspace, world.ann.sub],
    )
    if (sql === 'restore') {
      const { rows } = await sessions.observer.query(
        `insert into public.dashboard_views (workspace_id, name, visibility, owner_id, deleted_at)
         values ($1, 'Deleted', 'workspace', $2, now()) returning id`,
        [world.workspace, world.ann.sub],
      )
      expect(
        await overlap(
          sessions,
          (client) => actAs(client, world.ann, "select public.create_view($1, 'Last')", [world.workspace]),
          (client) => actAs(client, world.ann, 'select public.restore_view($1)', [rows[0].id]),
        ),
      ).toEqual(['done', 'conflict'])
    } else expect(await twice(world.ann, sql, [world.workspace])).toEqual(['done', 'conflict'])
    expect(
      await count(
        'dashboard_views where workspace_id = $1 and owner_id = $2 and deleted_at is null',
        world.ann.sub,
      ),
    ).toBe(200)
  })

  it.each(['personal', 'workspace'])('the two hundredth %s theme is made once', async (visibility) => {
    const row = [world.workspace, name, version, colors, radius, visibility]
    const missing = visibility === 'personal' ? 199 : 198
    await sessions.first.query('begin')
    await actAs(sessions.first, world.ann, `${themes} from generate_series(1, ${missing})`, row)
    await sessions.first.query('commit')
    expect(await twice(world.ann, themes, row)).toEqual(['done', 'conflict'])
    expect(await count('themes where workspace_id = $1 and visibility = $2', visibility)).toBe(200)
  })

  it.each(['avatars', 'marketplace'])('the twentieth file in %s is uploaded once', async (bucket) => {
    const folder = bucket === 'avatars' ? world.ann.sub : await makeListing()
    const file = (number: number) => `${folder}/${randomUUID().slice(0, -2)}${number + 10}.png`
    await sessions.observer.query(
      `insert into storage.objects (bucket_id, name) select $1, x from unnest($2::text[]) as x`,
      [bucket, Array.from({ length: 19 }, (_, n) => file(n))],
    )
    const upload = 'insert into storage.objects (bucket_id, name) values ($1, $2)'
    const actor = bucket === 'avatars' ? world.ann : world.boss
    expect(await twice(actor, upload, [bucket, file(50)], [bucket, file(51)])).toEqual(['done', '42501'])
  })

  it('what one person prefers on two devices is kept of both', async () => {
    const patch = (client: pg.Client, extras: object) =>
      actAs(client, world.ann, 'select public.patch_preferences($1, $2)', [
        world.workspace,
        JSON.stringify({ extras }),
      ])
    for (const [one, other] of [
      [{ 'app:a': 1 }, { 'app:b': 1 }],
      [{ 'app:c': 1 }, { 'app:d': 1 }],
    ] as const)
      expect(
        await overlap(
          sessions,
          (client) => patch(client, one),
          (client) => patch(client, other),
        ),
      ).toEqual(['done', 'done'])
    const { rows } = await sessions.observer.query(
      'select extras from public.preferences where workspace_id = $1',
      [world.workspace],
    )
    expect(rows).toEqual([{ extras: { 'app:a': 1, 'app:b': 1, 'app:c': 1, 'app:d': 1 } }])
  })

  it('different people have their last places', async () => {
    expect(
      await overlap(
        sessions,
        (client) => actAs(client, world.ann, "select public.create_view($1, 'Hers')", [world.workspace]),
        async (client) => {
          await client.query("set local lock_timeout = '1s'")
          return actAs(client, world.boss, "select public.create_view($1, 'His')", [world.workspace])
        },
      ),
    ).toEqual(['done', 'done'])
  })
})

describe('of two at the same moment, one has the last', () => {
  const rows = (sql: string) => (given: World, actor?: string) =>
    sessions.observer.query(sql, [given.workspace, actor ?? given.ann.sub])

  /** All but one of the places, who comes for the last, and with what. */
  type Place = [
    what: string,
    fill: (world: World) => Promise<unknown>,
    come: (client: pg.Client, world: World, turn: number) => Promise<unknown>,
    code?: string,
  ]
  const limitTo = (key: string, most: number) => () =>
    sessions.observer.query('update public.plan_limits set most = $2 where limit_key = $1', [key, most])
  const source = JSON.stringify(answers)
  const agent = JSON.stringify({ name: 'Analyst', kind: 'analyst', instructions: 'Explain.', tools: [] })
  const places: Place[] = [
    [
      'API key',
      rows(
        `insert into private.api_keys (workspace_id, id, name, scopes, secret_hash, created_by)
         select $1, overlay(gen_random_uuid()::text placing '8' from 15 for 1)::uuid, 'Shop', '{dashboards.read}',
           sha256('k'), $2
         from generate_series(1, 49)`,
      ),
      (client, { workspace, boss }) =>
        call(client, boss, 'create_api_key', [workspace, 'Shop', ['dashboards.read'], null]),
    ],
    [
      'destination',
      limitTo('destinations', 1),
      (client, { workspace, boss }) =>
        call(client, boss, 'save_destination', [workspace, JSON.stringify(webhook)]),
    ],
    [
      'data source',
      limitTo('data_sources', 1),
      (client, { workspace, boss }) => call(client, boss, 'save_data_source', [workspace, source]),
    ],
    [
      'agent',
      limitTo('agents', 1),
      (client, { workspace, ann, boss }, turn) =>
        call(client, turn === 1 ? ann : boss, 'save_agent', [workspace, agent]),
    ],
    [
      'listing',
      limitTo('marketplace_listings', 1),
      (client, { workspace, boss }) => call(client, boss, 'save_listing', [workspace, JSON.stringify(dial)]),
    ],
    [
      'workspace of one’s own',
      rows(
        `with made as (
           insert into public.workspaces (name, created_by)
           select 'Mine', $2 from generate_series(1, 99) where $1 <> '' returning id)
         insert into public.workspace_members (workspace_id, user_id, role_key) select id, $2, 'admin' from made`,
      ),
      (client, { ann }) => call(client, ann, 'create_workspace', ['Mine']),
    ],
    [
      'report of a day',
      async ({ workspace, ann }) => {
        const [listing] = await insertListings(sessions.observer, 1, { workspaceId: workspace })
        await sessions.observer.query(
          `insert into private.marketplace_reports (listing_id, reason, body, reported_by, closed_at)
           select $1, 'broken', '', $2, now() from generate_series(1, 19)`,
          [listing, ann.sub],
        )
      },
      async (client, { workspace, ann }) => {
        const { rows } = await sessions.observer.query(
          'select listing_id from private.marketplace_publishers where workspace_id = $1',
          [workspace],
        )
        return call(client, ann, 'report_listing', [rows[0].listing_id, 'broken', ''])
      },
      'rate_limited',
    ],
    [
      'ticket of a workspace',
      rows(
        `insert into public.support_tickets (
           workspace_id, number, subject, status, priority, first_answer_due_at, answer_due_at, opened_by, idempotency_key)
         select $1, n, 'Help', 'open', 'normal', now(), now(), null, gen_random_uuid()
         from generate_series(1, 49) as n where $2::uuid is not null`,
      ),
      (client, { workspace, ann, boss }, turn) =>
        call(client, turn === 1 ? ann : boss, 'open_ticket', [workspace, 'Help', 'Where?', randomUUID()]),
    ],
    [
      'view that belongs to nobody',
      rows(
        `insert into public.dashboard_views (workspace_id, name, visibility)
         select $1, 'View ' || n, 'workspace' from generate_series(1, 198) as n where $2::uuid is not null`,
      ),
      async (client, { workspace, boss }) => {
        const keys = await sessions.observer.query<{ id: string }>(
          'select id from private.api_keys where workspace_id = $1',
          [workspace],
        )
        const key = keys.rows[0]?.id ?? (await keyOf(workspace, boss))
        return call(client, person(key), 'create_view', [workspace, 'Last', '', null, 'workspace'])
      },
    ],
  ]
  const keyOf = async (workspace: string, boss: Actor): Promise<string> => {
    await sessions.observer.query('begin')
    const { id } = await createApiKey(sessions.observer, ['dashboards.read', 'dashboards.write'], {
      maker: boss,
      workspaceId: workspace,
    })
    await sessions.observer.query('commit')
    return id
  }

  it.each(places)('%s', async (_, fill, come, code = 'conflict') => {
    await fill(world)
    expect(
      await overlap(
        sessions,
        (client) => come(client, world, 1),
        (client) => come(client, world, 2),
      ),
    ).toEqual(['done', code])
  })

  it('seat that is offered anew', async () => {
    const { workspace, boss } = world
    const { rows: limits } = await sessions.observer.query(
      "select most::int from public.plan_limits where plan_key = 'free' and limit_key = 'members'",
    )
    await sessions.observer.query('begin')
    await setPlan(sessions.observer, 'free', workspace)
    await limitFree(sessions.observer, { members: 3 })
    await sessions.observer.query(
      `update public.workspace_invitations set expires_at = now() - interval '1 day' where workspace_id = $1`,
      [workspace],
    )
    await sessions.observer.query('commit')
    const [{ id }] = (
      await sessions.observer.query('select id from public.workspace_invitations where workspace_id = $1', [
        workspace,
      ])
    ).rows
    const invites = (client: pg.Client) => invite(client, boss, 'new@example.com', 'viewer', workspace)
    const resends = (client: pg.Client) => call(client, boss, 'resend_invitation', [workspace, id])
    expect(await overlap(sessions, invites, resends)).toEqual(['done', 'payment_required'])
    await limitFree(sessions.observer, { members: limits[0].most })
  })
})
