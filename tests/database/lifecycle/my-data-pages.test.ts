import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type MyDataPage, myDataPageSchema, myDataPages, myDataPartsSchema } from '../../../types/my-data.ts'
import { answerOf } from '../../../types/rpc-client.ts'
import { fullViewBytes, insertFullViews, pastTriggers } from '../../support/dashboards/full-views.ts'
import { type Actor, clientError, person } from '../../support/database/act.ts'
import { exchange } from '../../support/database/agents.ts'
import { happened, used } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { listOf, rpcAs } from '../../support/database/rpc.ts'
import { putAvatar } from '../../support/people/account.ts'
import { admin, ids, member, ours, theirs } from '../../support/people/cast.ts'
import { dial, install, publishListing, saveListing, themeBundle } from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'
import { openTicket, reply } from '../../support/people/tickets.ts'
import { matrixCast } from '../matrix/cast.ts'

const story = policySuite()
/** With rows of `admin` or `member` in every part. */
const everything = policySuite(async (client) => {
  await matrixCast(client)
  await fill(client)
  await happened(client, [used(ids.member, 'data_exported', 2)])
  await client.query('update public.workspace_invitations set accepted_by = $1', [ids.member])
  for (const name of ['one', 'other']) await putAvatar(client, `${ids.member}/${name}.png`)
  await client.query('update public.component_versions set published_by = $1', [ids.member])
  await client.query('update private.view_versions set saved_by = $1', [ids.member])
  await client.query('update public.dashboard_view_shares set user_id = $1 where user_id is not null', [
    ids.member,
  ])
  await client.query(
    `insert into private.analytics_person_days (workspace_id, day, user_id, views_opened, features_used, errors)
     values ($1, '2026-01-01', $2, 1, 1, 1)`,
    [ours, ids.member],
  )
  await client.query(
    `insert into auth.identities (provider_id, user_id, provider, identity_data)
     values ($1::text, $1::uuid, 'email', '{}')`,
    [ids.member],
  )
  await client.query('insert into auth.sessions (id, user_id) values (gen_random_uuid(), $1)', [ids.member])
  await client.query(
    `insert into private.survey_answers (user_id, quarter, score) values ($1, '2026-01-01', 9)`,
    [ids.member],
  )
  await client.query('insert into private.analytics_choices (user_id, opted_out_at) values ($1, now())', [
    ids.member,
  ])
})

/** A person with several rows of what subjects keep, no two of them alike. */
async function fill(client: pg.Client): Promise<void> {
  await setPlan(client, 'premium')
  for (const body of ['One', 'Two']) {
    const ticket = await openTicket(client, admin, { subject: body, body })
    await reply(client, admin, ticket, `${body} more`)
    const agent = { name: body, description: 'x', kind: 'custom', instructions: body, model: 'gpt-6.2-sol' }
    await call(client, admin, 'save_agent', [ours, JSON.stringify(agent)])
    await exchange(client, admin, { content: body })
    await saveListing(client, admin, { ...dial, name: body }, { workspaceId: ours })
  }
  for (const name of ['Dusk', 'Dawn']) {
    const listing = await publishListing(client, themeBundle(), { document: { name, author: 'Painters' } })
    await install(client, listing)
    await call(client, admin, 'rate_listing', [ours, listing.id, name.length])
    for (const actor of [admin, member])
      await call(client, actor, 'report_listing', [listing.id, 'other', name])
  }
  // What others keep is theirs.
  await openTicket(client, member)
  await exchange(client, member)
  const agent = { name: 'Other', kind: 'custom', instructions: '' }
  await call(client, member, 'save_agent', [ours, JSON.stringify(agent)])
  await client.query(
    `insert into private.marketplace_ratings (workspace_id, listing_id, stars, rated_by)
     select $1, l.id, 1, $2 from public.marketplace_listings l where l.name = 'Dusk'`,
    [theirs, ids.member],
  )
  await client.query(
    `insert into private.deleted_workspaces (
       workspace_id, deleted_at, name, plan_type, member_count, deleted_by, request_id, ip, claimed_ip)
     select 'WK-GONE0000' || n, '2026-01-02', 'Gone', 'free', 1, case n when 3 then $2 else $1 end::uuid,
       'request-' || n, ('192.0.2.' || n)::inet, ('198.51.100.' || n)::inet
     from generate_series(1, 3) as n`,
    [ids.admin, ids.member],
  )
  await client.query(
    `update private.conversations set is_pinned = true, archived_at = now() - interval '1 day',
       shared_at = now() - interval '2 days';
     update private.marketplace_ratings set created_at = now() - stars * interval '1 day';
     update public.support_messages set created_at = created_at - number * interval '1 hour'`,
  )
}

const enoughBytes = 1_048_576
const mostRows = 500

const pageOf = async (client: pg.Client, actor: Actor, part: string, after?: string) =>
  myDataPageSchema.parse(
    await answerOf(rpcAs(client, actor), 'export_my_data', { part, ...(after !== undefined && { after }) }),
  )

const idsOf = (pages: MyDataPage[]) => pages.flatMap(({ rows }) => rows.map(({ id }) => id))

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** What the export of a part, as SQL names it, has of somebody after a place: each row behind its own place. */
async function exported(client: pg.Client, part: string, owner: string, after: unknown = null) {
  await client.query('savepoint part')
  const { rows: cursors } = await client.query<{ name: string }>(
    `select private.export_${part}($1, $2) as name`,
    [owner, after === null ? null : JSON.stringify(after)],
  )
  const { rows } = await client.query<[place: unknown, row: Record<string, unknown>]>({
    text: `fetch all in ${pg.escapeIdentifier(cursors[0]?.name ?? '')}`,
    rowMode: 'array',
  })
  await client.query('rollback to savepoint part')
  return rows
}

/** All rows of a part, of which each place leads to exactly those behind it. */
async function walked(client: pg.Client, part: string, owner: string) {
  const rows = await exported(client, part, owner)
  for (const [index, [place]] of rows.entries())
    expect(await exported(client, part, owner, place), part).toEqual(rows.slice(index + 1))
  return rows
}

/** Views that a person made, all in one moment; returns their ids. */
async function insertViews(client: pg.Client, owner: string, count: number): Promise<string[]> {
  const rows = await pastTriggers<{ id: string }>(
    client,
    'dashboard_views',
    `insert into public.dashboard_views (workspace_id, name, visibility, owner_id, created_by)
     select $1, 'A view', 'personal', $2, $2 from generate_series(1, $3::integer)
     returning id`,
    [ours, owner, count],
  )
  return rows.map(({ id }) => id)
}

describe('the data of somebody with much of it', () => {
  it(
    'comes complete however much it is, a large row a page',
    story(async (client) => {
      const made = await insertFullViews(client, ids.member, 8)
      const arrived: unknown[] = []
      for await (const { rows } of myDataPages(rpcAs(client, member), 'views')) {
        expect(rows.length).toBeLessThanOrEqual(1)
        for (const row of rows) expect(JSON.stringify(row).length).toBeGreaterThan(fullViewBytes)
        arrived.push(...rows.map(({ id }) => id))
      }
      expect(arrived).toEqual(made)
    }),
  )

  it(
    'comes in pages of at most 500 rows, each row once',
    story(async (client) => {
      await client.query(
        `insert into public.audit_log (workspace_id, actor_id, actor_type, action, table_name, row_id, changes, ip)
         select (array['WK-000000001', 'WK-000000002'])[1 + n % 2], $1, 'user', 'update', 'themes', n::text, '{}',
           ('10.0.' || n / 250 || '.' || n % 250)::inet
         from generate_series(1, 1100) as n`,
        [ids.member],
      )
      const pages = await listOf(myDataPages(rpcAs(client, member), 'audit'))
      expect(pages.map(({ rows }) => rows.length)).toEqual([mostRows, mostRows, 100])
      expect(new Set(pages.flatMap(({ rows }) => rows.map(({ ip }) => ip))).size).toBe(1_100)
    }),
  )

  it(
    'comes in pages that end with the row that makes them 1 MiB',
    story(async (client) => {
      const made = await insertFullViews(client, ids.member, 5)
      await pastTriggers(client, 'widgets', 'delete from public.widgets where y > 30')
      const pages = await listOf(myDataPages(rpcAs(client, member), 'views'))
      expect(pages.map(({ rows }) => rows.length)).toEqual([3, 2])
      const lengths = pages.map(({ rows }) => JSON.stringify(rows).length)
      expect(lengths.map((length) => length > enoughBytes)).toEqual([true, false])
      expect(JSON.stringify(pages[0]?.rows.slice(0, -1)).length).toBeLessThan(enoughBytes)
      expect(idsOf(pages)).toEqual(made)
    }),
  )

  it(
    'loses and repeats nothing where rows come and go between two pages',
    story(async (client) => {
      const made = await insertViews(client, ids.member, mostRows + 10)
      const first = await pageOf(client, member, 'views')
      const last = first.rows.at(-1)?.id
      const gone = made.find((id) => !first.rows.some((row) => row.id === id))
      await client.query('delete from public.dashboard_views where id = any ($1)', [
        [first.rows[0]?.id, last, gone],
      ])
      const [late] = await insertViews(client, ids.member, 1)
      await client.query(
        "update public.dashboard_views set created_at = now() + interval '1 second' where id = $1",
        [late],
      )
      await client.query("set local timezone = 'Asia/Kathmandu'")
      const second = await pageOf(client, member, 'views', first.next ?? '')
      expect(second.next).toBeNull()
      const expected = [...made.filter((id) => id !== gone), late]
      expect(idsOf([first, second]).toSorted()).toEqual(expected.toSorted())
    }),
  )

  it(
    'takes as long for its last page as for its first',
    story(async (client) => {
      await client.query(
        `insert into public.audit_log (workspace_id, actor_id, actor_type, action, table_name, row_id, changes)
         select 'WK-000000001', $1, 'user', 'update', 'themes', n::text, '{}' from generate_series(1, 20000) as n`,
        [ids.member],
      )
      await client.query('analyze public.audit_log')
      const pages = await listOf(myDataPages(rpcAs(client, member), 'audit'))
      const places = [undefined, pages.at(-2)?.next ?? '']
      const read = async (after?: string) => {
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }] }>(
          `explain (analyze, buffers, format json)
           select private.page_of(private.export_audit($1, $2)) as page`,
          [ids.member, after],
        )
        return rows[0]?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'] ?? Number.NaN
      }
      const [first = 0, final = 0] = [await read(places[0]), await read(places[1])]
      expect(final).toBeLessThan(first * 1.5 + 50)
    }),
  )
})

describe('a place in somebody’s data', () => {
  it(
    'leads another person to nothing but their own',
    story(async (client) => {
      const theirs = await insertViews(client, ids.admin, mostRows + 10)
      const { next } = await pageOf(client, admin, 'views')
      expect(next).toContain(theirs.find((id) => next?.includes(id)))
      expect(await pageOf(client, member, 'views', next ?? '')).toEqual({
        part: 'views',
        rows: [],
        next: null,
      })

      const mine = await insertViews(client, ids.member, 3)
      const lowest = JSON.stringify(['-infinity', ids.admin])
      expect(idsOf([await pageOf(client, member, 'views', lowest)]).toSorted()).toEqual(mine.toSorted())
    }),
  )

  it(
    'leads to what comes after it, and to nothing before, in every part',
    everything(async (client) => {
      const { parts } = myDataPartsSchema.parse(await answerOf(rpcAs(client, member), 'export_my_data'))
      const met = new Set<string>()
      for (const one of [ids.admin, ids.member, ids.viewer])
        for (const part of parts) {
          if ((await walked(client, snake(part), one)).length > 0) met.add(part)
        }
      expect([...met].toSorted()).toEqual(parts.toSorted())
    }),
  )

  it(
    'is nobody else’s, in any part: who has just come has an account, and nothing of what others have',
    everything(async (client) => {
      const { parts } = myDataPartsSchema.parse(await answerOf(rpcAs(client, member), 'export_my_data'))
      const stranger = person('00000000-0000-4000-8000-0000000000aa')
      await client.query(
        `insert into auth.users (id, email, raw_user_meta_data) values ($1, 'new@example.com', '{"name": "New"}')`,
        [stranger.sub],
      )
      const own: string[] = []
      for (const part of parts) {
        const { rows } = await pageOf(client, stranger, part)
        own.push(...rows.map(() => part))
      }
      expect(own).toEqual(['account', 'profile'])
    }),
  )

  it(
    'is refused where it is none of that part, in every part',
    story(async (client) => {
      const { parts } = myDataPartsSchema.parse(await answerOf(rpcAs(client, member), 'export_my_data'))
      const broken = ['', 'next', '{}', '[]', 'null', '"x"', '[null]', '[1, 2, 3, 4]', '["\\u0000"]']
      const others = [JSON.stringify(['a', 'b', 'c', 'd']), `["${'x'.repeat(10_000)}"]`, '['.repeat(8_000)]
      for (const part of parts)
        for (const after of [...broken, ...others])
          expect(await clientError(pageOf(client, member, part, after)), `${part} ${after}`).toMatchObject({
            status: 400,
            code: 'invalid_input',
            details: 'after',
          })
    }),
  )

  it(
    'is refused without a part, and so is a part that there is not',
    story(async (client) => {
      const ask = (args: object) => clientError(answerOf(rpcAs(client, member), 'export_my_data', args))
      expect(await ask({ after: '["x"]' })).toMatchObject({ code: 'invalid_input', details: 'after' })
      for (const part of ['', 'secrets', 'Views', 'x'.repeat(100_000)])
        expect(await ask({ part })).toMatchObject({ code: 'invalid_input', details: 'part' })
    }),
  )
})

describe('each part', () => {
  /** By part, the table and how many rows of it are the person's own. */
  const filled: Record<string, [table: string, own: number]> = {
    agents: ['private.agents', 2],
    ai_usage: ['private.ai_usage', 2],
    conversations: ['private.conversations', 2],
    marketplace_listings: ['public.marketplace_listings', 2],
    marketplace_ratings: ['private.marketplace_ratings', 2],
    marketplace_reports: ['private.marketplace_reports', 2],
    messages: ['private.messages', 4],
    support_messages: ['public.support_messages', 4],
    support_tickets: ['public.support_tickets', 2],
    workspaces_deleted: ['private.deleted_workspaces', 2],
  }
  it(
    'goes on after any row with those that follow it, and with no other',
    story(async (client) => {
      await fill(client)
      const { rows: parts } = await client.query<{ part: string }>(
        `select substr(proname, 8) as part from pg_proc
         where pronamespace = 'private'::regnamespace and prorettype = 'refcursor'::regtype order by 1`,
      )
      const many: string[] = []
      for (const { part } of parts) {
        if ((await walked(client, part, ids.admin)).length > 1) many.push(part)
      }
      expect(many).toEqual(expect.arrayContaining(Object.keys(filled)))
      for (const [part, [, own]] of Object.entries(filled))
        expect(await exported(client, part, ids.admin), part).toHaveLength(own)
    }),
  )

  it(
    'tells under the name of a column what stands there',
    story(async (client) => {
      await fill(client)
      for (const [part, [table]] of Object.entries(filled)) {
        const { rows: stored } = await client.query<{ row: Record<string, unknown> }>(
          `select to_jsonb(t) as row from ${table} t`,
        )
        for (const [, row] of await exported(client, part, ids.admin)) {
          const told = Object.entries(row).filter(([field]) => snake(field) in (stored[0]?.row ?? {}))
          expect(told.length, part).toBeGreaterThan(3)
          const differing = stored.map(({ row: its }) =>
            told.filter(([field, value]) => !isDeepStrictEqual(moment(value), moment(its[snake(field)]))),
          )
          expect(differing.toSorted((one, other) => one.length - other.length)[0], part).toEqual([])
        }
      }
    }),
  )
})

/** A value, of a timestamp the moment, whichever way it is written. */
const moment = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : value
