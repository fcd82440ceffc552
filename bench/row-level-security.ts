import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import type { Measurement } from './report.ts'
import { relative } from './samples.ts'

/** The first block warms up. */
const blocks = 41
const readsPerBlock = 250
const person = '00000000-0000-4000-8000-00000000000a'
const workspace = 'WK-000000003'

/**
 * A 50-row read of a tenant table guarded by the project's permission check, beside the same statement as a role
 * that row-level security does not bind. 1,000,000 rows in 10,000 workspaces; the person is in five of them, and a
 * hundred others are in a hundred each, so that what Postgres knows of people in general is wrong about this one.
 */
export async function measureRowLevelSecurity(stack: Stack): Promise<Measurement[]> {
  await fill(stack)
  const unbound = await session(stack, 'service_role')
  const bound = await session(stack, 'authenticated')
  const limit: number[] = []
  const figure: number[] = []
  try {
    for (let block = 0; block < blocks; block += 1) {
      // In turns, so that whatever else the machine does falls on both.
      for (const [client, samples] of [
        [unbound, limit],
        [bound, figure],
      ] as const) {
        const milliseconds = await timedRead(client)
        if (block > 0) samples.push(milliseconds)
      }
    }
  } finally {
    await Promise.all([unbound.end(), bound.end()])
  }
  return [relative('read of 50 rows under row-level security', { limit, figure }, 2.2)]
}

/**
 * Milliseconds of one read, each in a transaction of its own. The database reads many in a row without a client: what
 * waits for the other in a conversation of two processes is put to sleep and woken, which takes longer than the check
 * does, and not as long for a short answer as for a longer one.
 */
async function timedRead(client: pg.Client): Promise<number> {
  const begun = performance.now()
  await client.query(`
    do $$
    declare
      item record;
      items integer;
    begin
      for read in 1..${readsPerBlock} loop
        items := 0;
        for item in
          select id, title, created_at from public.bench_items where workspace_id = '${workspace}' order by id limit 50
        loop
          items := items + 1;
        end loop;
        if items <> 50 then
          raise exception 'The read gave % rows in place of 50.', items;
        end if;
        commit;
      end loop;
    end $$`)
  return (performance.now() - begun) / readsPerBlock
}

async function session(stack: Stack, role: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  const claims = JSON.stringify({ sub: person, role })
  await client.query(`set role ${role}`)
  await client.query("select set_config('request.jwt.claims', $1, false)", [claims])
  return client
}

async function fill(stack: Stack): Promise<void> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(fixture)
    await client.query(`
      vacuum analyze public.bench_items, public.workspaces, public.workspace_members, public.workspace_roles`)
  } finally {
    await client.end()
  }
}

const fixture = `
  insert into auth.users (id, aud, role, email)
    values ('${person}', 'authenticated', 'authenticated', 'tenant@bench.test');
  insert into public.workspaces (id, name)
    select 'WK-' || lpad(n::text, 9, '0'), 'Workspace ' || n from generate_series(1, 10000) as n;
  insert into public.workspace_members (workspace_id, user_id, role_key)
    select 'WK-' || lpad(n::text, 9, '0'), '${person}', 'viewer' from generate_series(1, 5) as n;
  insert into auth.users (id, aud, role, email)
    select ('00000000-0000-4000-a000-' || lpad(n::text, 12, '0'))::uuid, 'authenticated', 'authenticated',
      'agency' || n || '@bench.test'
    from generate_series(1, 100) as n;
  insert into public.workspace_members (workspace_id, user_id, role_key)
    select 'WK-' || lpad((100 * (person - 1) + n)::text, 9, '0'),
      ('00000000-0000-4000-a000-' || lpad(person::text, 12, '0'))::uuid, 'member'
    from generate_series(1, 100) as person, generate_series(1, 100) as n;

  create table public.bench_items (
    workspace_id text not null references public.workspaces (id),
    id uuid not null default gen_random_uuid(),
    title text not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id)
  );
  insert into public.bench_items (workspace_id, title)
    select 'WK-' || lpad((1 + n % 10000)::text, 9, '0'), 'Item ' || n from generate_series(1, 1000000) as n;
  alter table public.bench_items enable row level security;
  create policy bench_items_select on public.bench_items for select to authenticated
    using (
      workspace_id = any (array(select a.workspace_id from private.active_memberships a))
      and workspace_id not in (select unnest(private.workspaces_without('workspace.read'))));
  grant select on public.bench_items to authenticated, service_role;
`
