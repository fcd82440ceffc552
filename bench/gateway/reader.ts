import { createClient } from '@supabase/supabase-js'
import pg from 'pg'
import type { Stack } from '../../local/stack.ts'
import { widgetsOfView } from './reads.ts'

export async function personWithTenWorkspaces(
  stack: Stack,
): Promise<{ token: string; userId: string; workspaceId: string }> {
  const supabase = createClient(stack.urls.api, stack.keys.publishableKey, {
    auth: { persistSession: false },
  })
  const { data, error } = await supabase.auth.signUp({
    email: 'reader@bench.test',
    password: 'correct horse battery staple',
  })
  if (error || !data.session) throw error ?? new Error('The sign-up gave no session.')
  let workspaceId = ''
  for (let number = 1; number <= 10; number += 1) {
    const { data: workspace, error: refusal } = await supabase.rpc('create_workspace', {
      name: `Workspace ${number}`,
    })
    if (refusal) throw refusal
    workspaceId = (workspace as { id: string }).id
  }
  return { token: data.session.access_token, userId: data.session.user.id, workspaceId }
}

/** Makes a table of 1,000 rows that are the person's own, and a view in their workspace; gives its id. */
export async function makeRows(
  stack: Stack,
  { userId, workspaceId }: { userId: string; workspaceId: string },
): Promise<string> {
  await query(
    stack,
    `create table public.bench_entries (
       id integer primary key, owner_id uuid not null, title text, amount numeric, tags text[], document jsonb,
       created_at timestamptz not null default now()
     );
     alter table public.bench_entries enable row level security;
     create policy bench_entries_select on public.bench_entries
       for select to authenticated using (owner_id = (select auth.uid()));
     grant select on public.bench_entries to authenticated;
     insert into public.bench_entries (id, owner_id, title, amount, tags, document)
       select n, '${userId}', 'Entry ' || n, n * 1.25, array['a', 'b' || n % 10],
         jsonb_build_object('unit', 'EUR', 'values', jsonb_build_array(n, n + 1))
       from generate_series(1, 1000) as n;
     analyze public.bench_entries`,
  )
  const [made] = await query<{ id: string }>(
    stack,
    `insert into public.dashboard_views (workspace_id, name, visibility, owner_id)
     values ($1, 'Twenty widgets', 'workspace', $2) returning id`,
    [workspaceId, userId],
  )
  const view = made?.id ?? ''
  await query(
    stack,
    `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height, config)
     select $1, $2, c.key, n % 4 * 3, n / 4 * 2, 3, 2, c.default_config
     from generate_series(0, ${widgetsOfView - 1}) as n
     join (select key, default_config, row_number() over (order by key) - 1 as place from public.built_in_components)
       as c on c.place = n % (select count(*) from public.built_in_components)`,
    [workspaceId, view],
  )
  return view
}

export async function query<Row extends pg.QueryResultRow>(
  stack: Stack,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}
