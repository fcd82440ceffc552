import type pg from 'pg'
import { expect, it } from 'vitest'
import { searchKindSchema } from '../../../types/search.ts'
import { themeColumns } from '../../support/dashboards/themes.ts'
import { actAs } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createCast, ids, member, ours, theirs, viewer } from '../../support/people/cast.ts'

// A search tells nothing by its time, its order or the number of its answers of what one may not see, since it does not
// come near it: it reads as many rows, and gives the same answer, whatever others keep in the same workspace and in
// others.

// In a database of its own: what other stories took back lies in tables and indexes all the same, and Postgres goes
// another way through what looks larger.
const story = policySuite((client) => createCast(client))

const queries = ['zebra', 'ze', 'zbera', 'zebra crossing']

/** What a search reads in tables and indexes, and what it answers with. */
async function workOf(client: pg.Client, query: string) {
  const counted = `
    select jsonb_object_agg(t.name, t.read) as read
    from (
      select coalesce(i.indrelid, c.oid)::regclass::text as name,
        sum(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)) as read
      from pg_class c
      left join pg_index i on i.indexrelid = c.oid
      where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'i')
        and c.relname not like 'built_in%'
      group by 1
    ) as t`
  const read = async () => (await client.query<{ read: Record<string, number> }>(counted)).rows[0]?.read ?? {}
  const search = () =>
    actAs(client, viewer, 'select public.search($1, $2, null, 50) as answer', [ours, query]).then(
      ({ rows }) => rows[0]?.answer,
    )
  // What a session reads once is read before.
  await client.query('analyze public.dashboard_views')
  await search()
  const before = await read()
  const answer = await search()
  const after = await read()
  return {
    answer,
    read: Object.fromEntries(
      Object.entries(after)
        .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    ),
  }
}

/** A hundred things of each kind that are called zebra, and are not for the viewer. */
async function keepSecrets(client: pg.Client): Promise<void> {
  const each = 'from generate_series(1, 100) as n'
  const secrets = [
    `insert into public.dashboard_views (workspace_id, name, visibility, owner_id)
     select '${ours}', 'Zebra ' || n, 'personal', '${ids.member}' ${each}`,
    `insert into public.widgets (workspace_id, view_id, open_to, component_audience, component_key, built_in_component,
       x, y, width, height, config)
     select v.workspace_id, v.id, v.open_to, 'everybody', 'recent-orders', 'recent-orders', 0, 0, 1, 1, '{"title": "Zebra"}'
     from public.dashboard_views v where v.name like 'Zebra %'`,
    `insert into public.widgets (workspace_id, view_id, open_to, component_audience, component_key, built_in_component,
       x, y, width, height, config)
     select v.workspace_id, v.id, v.open_to, 'writers', 'total-revenue', 'total-revenue', 0, 0, 1, 1, '{"title": "Zebra"}'
     from public.dashboard_views v, generate_series(1, 100) where v.name = 'A zebra crossing'`,
    `insert into public.dashboard_views (workspace_id, name, visibility)
     select '${theirs}', 'Zebra ' || n, 'workspace' ${each}`,
    `insert into public.themes (workspace_id, name, version, colors, radius, visibility, owner_id)
     select '${ours}', 'Zebra ' || n, '1.0.0', '${JSON.stringify(themeColumns.colors)}',
       '${JSON.stringify(themeColumns.radius)}', 'personal', '${ids.member}' ${each}`,
    `insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, is_shared, words)
     select '${ours}', c.id, n, c.owner_id, true, private.words_of('Zebra crossing')
     ${each}, private.conversations c`,
    `insert into public.support_tickets (workspace_id, number, subject, status, priority, first_answer_due_at,
       opened_by, idempotency_key)
     select '${ours}', n, 'Zebra', 'closed', 'normal', now(), '${ids.member}', gen_random_uuid() ${each}`,
    `insert into public.audit_log (workspace_id, actor_type, action, table_name, row_id, changes)
     select '${ours}', 'system', 'update', 'themes', n::text, '{"name": {"new": "Zebra"}}' ${each}`,
  ]
  for (const secret of secrets) await client.query(secret)
}

it(
  'a search reads the same, and gives the same, whatever is not for its caller',
  story(async (client) => {
    // Tables of a few rows are read whole for want of a reason.
    await client.query('set local enable_seqscan = off')
    const tables = ['dashboard_views', 'widgets', 'themes', 'support_tickets']
    for (const table of tables) await client.query(`alter table public.${table} disable trigger user`)
    await client.query(
      `insert into public.dashboard_views (workspace_id, name, visibility) values ($1, 'A zebra crossing', 'workspace')`,
      [ours],
    )
    await client.query(
      `insert into private.conversations (workspace_id, owner_id, title, agent_id, shared_at)
       values ($1, $2, 'Crossing', gen_random_uuid(), now())`,
      [ours, ids.member],
    )
    const before = []
    for (const query of queries) before.push(await workOf(client, query))
    expect(
      before.every(({ answer, read }) => answer.results.length === 1 && Object.keys(read).length > 0),
    ).toBe(true)
    await keepSecrets(client)
    const after = []
    for (const query of queries) after.push(await workOf(client, query))
    expect(after).toEqual(before)

    // The same things are found by whom they are for.
    const { rows } = await actAs(client, member, 'select public.search($1, $2, null, 50) as answer', [
      ours,
      'zebra',
    ])
    const kinds = new Set(rows[0]?.answer.results.map(({ kind }: { kind: string }) => kind))
    expect([...kinds].every((kind) => searchKindSchema.options.some((known) => known === kind))).toBe(true)
    expect(kinds).toEqual(new Set(['views', 'widgets', 'themes', 'tickets']))
  }),
  30_000,
)
