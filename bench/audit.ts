import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import type { Measurement } from './report.ts'
import { absolute, relative, sampledBeside } from './samples.ts'

const times = { rounds: 900, warmUp: 100 }
const admin = 'a0000000-0000-4000-8000-000000000001'
/** A tenth of all entries is this workspace's; the others share the rest. */
const large = 'WK-A00000001'
const small = 'WK-A00000002'

/**
 * What the audit log costs: a page of it among 1,000,000 entries of 10,000 workspaces and 50,000 people, and an
 * audited write beside the same write to a copy of the table without the audit trigger, each as one request of the
 * Data API: settings, statement and commit.
 */
export async function measureAudit(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(fixture)
    await client.query(
      'vacuum analyze public.audit_log, public.workspaces, public.workspace_members, public.bench_workspaces',
    )
    return [await measurePages(client), await measureWrites(client)]
  } finally {
    await client.end()
  }
}

/** First and second pages of a large and a small workspace, and one person's few entries among the large one's. */
async function measurePages(client: pg.Client): Promise<Measurement> {
  const samples: number[] = []
  for (let round = 0; round < times.rounds + times.warmUp; round += 1) {
    const workspace = round % 2 ? large : small
    const actor = round % 4 === 1 ? admin : null
    const first = await timedPage(client, workspace, actor, null)
    const next = first.next ? await timedPage(client, workspace, actor, first.next) : undefined
    if (round < times.warmUp) continue
    samples.push(first.milliseconds, ...(next ? [next.milliseconds] : []))
  }
  return absolute('page of the audit log, p95 of 1,000,000 entries (ms)', samples, 20)
}

interface Cursor {
  before: string
  beforeId: string
}

async function timedPage(
  client: pg.Client,
  workspace: string,
  actor: string | null,
  cursor: Cursor | null,
): Promise<{ milliseconds: number; next: Cursor | null }> {
  const { milliseconds, rows } = await asRequest<{ page: { entries: unknown[]; next: Cursor | null } }>(
    client,
    {
      name: 'audit page',
      text: `select public.list_audit_log(workspace_id => $1, actor_id => $2, before => $3, before_id => $4) as page`,
      values: [workspace, actor, cursor?.before, cursor?.beforeId],
    },
  )
  const page = rows[0]?.page
  if (!page || page.entries.length === 0) throw new Error('A page of the audit log came back empty.')
  return { milliseconds, next: page.next }
}

async function measureWrites(client: pg.Client): Promise<Measurement> {
  const samples = await sampledBeside(
    times,
    (round) => timedWrite(client, 'bench_workspaces', round),
    (round) => timedWrite(client, 'workspaces', round),
  )
  return relative('audited write', samples, 1.5)
}

async function timedWrite(client: pg.Client, table: string, round: number): Promise<number> {
  const { milliseconds, rowCount } = await asRequest(client, {
    name: `rename ${table}`,
    text: `update public.${table} set name = $1 where id = $2`,
    values: [`Name ${round}`, small],
  })
  if (rowCount !== 1) throw new Error(`The write changed ${rowCount} rows in place of one.`)
  return milliseconds
}

const claims = JSON.stringify({ sub: admin, role: 'authenticated', aud: 'authenticated' })
/** As many as a browser sends. */
const headers = JSON.stringify({
  'x-request-id': '7b1c0c9e-3f60-4be5-9d8e-5f0f4d9d2c11',
  'x-forwarded-for': '203.0.113.7, 10.0.0.1',
  'x-client-info': 'supabase-js-web/2',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0',
  'accept-encoding': 'gzip, deflate, br',
  authorization: `Bearer ${'x'.repeat(800)}`,
})

async function asRequest<Row extends pg.QueryResultRow>(
  client: pg.Client,
  statement: pg.QueryConfig,
): Promise<{ milliseconds: number; rows: Row[]; rowCount: number | null }> {
  const begun = performance.now()
  await client.query('begin')
  await client.query({
    name: 'request',
    text: `select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true),
      set_config('request.headers', $2, true)`,
    values: [claims, headers],
  })
  const { rows, rowCount } = await client.query<Row>(statement)
  await client.query('commit')
  return { milliseconds: performance.now() - begun, rows, rowCount }
}

/** Each person is in one workspace; the first one is admin of the two that are measured. */
const fixture = `
  insert into auth.users (id, aud, role, email)
    select ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'authenticated', 'authenticated',
      'audit-' || n || '@bench.test'
    from generate_series(1, 50000) as n;
  insert into public.workspaces (id, name)
    select 'WK-A' || lpad(n::text, 8, '0'), 'Workspace ' || n from generate_series(1, 10000) as n;
  insert into public.workspace_members (workspace_id, user_id, role_key)
    select 'WK-A' || lpad((1 + n % 10000)::text, 8, '0'),
      ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'member'
    from generate_series(2, 50000) as n;
  insert into public.workspace_members (workspace_id, user_id, role_key)
    values ('${large}', '${admin}', 'admin'), ('${small}', '${admin}', 'admin');

  select private.add_audit_partition(date_trunc('month', now() at time zone 'UTC') - make_interval(months => n))
    from generate_series(1, 2) as n;
  insert into public.audit_log (workspace_id, occurred_at, actor_id, actor_type, actor_role, action, table_name,
      row_id, changes, request_id, ip)
    select case when n % 10 = 0 then '${large}' else 'WK-A' || lpad((1 + n % 10000)::text, 8, '0') end,
      now() - n * interval '5 seconds', ('a0000000-0000-4000-8000-' || lpad((1 + n % 50000)::text, 12, '0'))::uuid,
      'user', 'member', 'update', 'dashboards', 'row ' || n, '{"name": {"old": "Before", "new": "After"}}',
      'request ' || n, '203.0.113.7'
    from generate_series(1, 1000000) as n;

  create table public.bench_workspaces (like public.workspaces including all);
  insert into public.bench_workspaces select * from public.workspaces where id like 'WK-A%';
  create trigger workspaces_validate before insert or update on public.bench_workspaces
    for each row execute function private.tg_workspaces_validate();
  create trigger workspaces_set_updated_at before update on public.bench_workspaces
    for each row execute function private.tg_set_updated_at();
  alter table public.bench_workspaces enable row level security;
  create policy bench_workspaces_select on public.bench_workspaces for select to authenticated
    using (
      id = any (array(select a.workspace_id from private.active_memberships a))
      and id not in (select unnest(private.workspaces_without('workspace.read'))));
  create policy bench_workspaces_update on public.bench_workspaces for update to authenticated
    using (
      id in (select a.workspace_id from private.active_memberships a)
      and id not in (select unnest(private.workspaces_without('workspace.update'))))
    with check (id in (select a.workspace_id from private.active_memberships a));
  grant select, update (name) on public.bench_workspaces to authenticated;
`
