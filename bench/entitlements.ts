import { join } from 'node:path'
import type pg from 'pg'
import { applyMigrations } from '../local/migrations/index.ts'
import { withClient } from '../local/postgres/index.ts'
import type { Stack } from '../local/stack.ts'
import { type Measurement, percentile } from './report.ts'
import { absolute, relative, sampledBeside } from './samples.ts'

const root = join(import.meta.dirname, '..')
const times = { rounds: 400, warmUp: 60 }

const person = '00000000-0000-4000-8000-0000000000a1'
const [small, large, full] = ['WK-00000000S', 'WK-00000000M', 'WK-00000000F']

/**
 * `entitlements()` of a workspace with as much of everything as there can be, beside an empty one; and what the gates
 * add to the writes that they guard, on a free plan that is full but for one.
 */
export async function measureEntitlements(stack: Stack): Promise<Measurement[]> {
  await using disposal = new AsyncDisposableStack()
  const filled = async () => {
    const database = await stack.createDatabase()
    disposal.defer(() => database.drop())
    await applyMigrations({ databaseUrl: database.url('postgres'), root })
    await withClient(database.url('postgres'), (client) => client.query(contents))
    return database.url('postgres')
  }
  const [one, two] = [await filled(), await filled()]
  return [...(await withClient(one, measureAnswer)), ...(await measureGates(one, two))]
}

async function measureAnswer(client: pg.Client): Promise<Measurement[]> {
  await client.query(asPerson)
  const asked = (workspace: string) => timed(client, 'select public.entitlements($1)', [workspace])
  const entitlements = await sampledBeside(
    times,
    () => asked(small),
    () => asked(large),
  )
  return [
    absolute('entitlements() of a workspace of 10,000 people, p95 in ms', entitlements.figure, 2),
    relative('the same, beside an empty workspace', entitlements, 1.5),
  ]
}

/**
 * Two databases with the same contents differ by more than a gate costs, in what was sampled of their statistics and
 * in where rows lie: each has the gates in one half of the rounds, and is without them in the other, and what they
 * differ by goes out of the product of both ratios.
 */
async function measureGates(one: string, two: string): Promise<Measurement[]> {
  const halves = [await beside(one, two), await beside(two, one)]
  return writes.map(({ name }) => {
    const own = halves.flatMap((half) => half.filter((sample) => sample.name === name))
    const all = (of: 'limit' | 'figure') => own.flatMap((sample) => sample[of])
    const ratios = own.map(({ limit, figure }) => percentile(figure, 0.5) / percentile(limit, 0.5))
    return {
      ...relative(
        `${name}, beside the same without a gate`,
        { limit: all('limit'), figure: all('figure') },
        1.05,
      ),
      value: ratios.reduce((product, ratio) => product * ratio, 1) ** (1 / ratios.length),
    }
  })
}

/** Samples of each write in a database with the gates, beside one from which they are gone meanwhile. */
function beside(gated: string, free: string) {
  return withClient(free, async (operator) => {
    const { rows } = await operator.query<{ definition: string }>(
      'select pg_get_functiondef(gate) as definition from unnest($1::text[]::regprocedure[]) as gate',
      [gates],
    )
    await operator.query(withoutGates)
    const samples = await withClient(gated, (figure) =>
      withClient(free, async (limit) => {
        await figure.query(asPerson)
        await limit.query(asPerson)
        const taken: { name: string; limit: number[]; figure: number[] }[] = []
        for (const { name, sql, values } of writes) {
          for (const url of [gated, free]) await withClient(url, (client) => client.query(vacuumed))
          taken.push({
            name,
            ...(await sampledBeside(
              times,
              () => undone(limit, sql, values),
              () => undone(figure, sql, values),
            )),
          })
        }
        return taken
      }),
    )
    await operator.query([...rows.map(({ definition }) => definition), lastGate].join(';'))
    return samples
  })
}

const asPerson = `
  select set_config('request.jwt.claims', '{"sub": "${person}", "role": "authenticated"}', false);
  set role authenticated`

const source = JSON.stringify({ kind: 'static', name: 'Answers', data: { value: 42 } })
const writes: { name: string; sql: string; values: unknown[] }[] = [
  { name: 'a view is made', sql: "select public.create_view($1, 'Another')", values: [full] },
  {
    name: 'a widget is moved',
    sql: `update public.widgets set x = 1 - x where workspace_id = $1 and id = (
      select min(id::text)::uuid from public.widgets where workspace_id = $1)`,
    values: [full],
  },
  { name: 'a data source is saved', sql: 'select public.save_data_source($1, $2)', values: [full, source] },
  {
    name: 'somebody is invited',
    sql: "select public.create_invitation($1, 'ada@example.com', 'viewer')",
    values: [full],
  },
]

/** Milliseconds of a statement. */
async function timed(client: pg.Client, text: string, values: unknown[]): Promise<number> {
  const begun = performance.now()
  await client.query({ name: text.slice(0, 60), text, values })
  return performance.now() - begun
}

/** Milliseconds of a write in a transaction that is taken back, so that each finds what the first has found. */
async function undone(client: pg.Client, text: string, values: unknown[]): Promise<number> {
  await client.query('begin')
  const taken = await timed(client, text, values)
  await client.query('rollback')
  return taken
}

const contents = `
  insert into auth.users (id, email) values ('${person}', 'measured@example.com');
  insert into auth.users (id, email)
  select ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.com'
  from generate_series(1, 9999) as n;
  insert into public.workspaces (id, name, plan_type) values
    ('${small}', 'Small', 'premium'), ('${large}', 'Large', 'premium'), ('${full}', 'Full', 'free');
  insert into public.workspace_members (workspace_id, user_id, role_key)
  select w.id, '${person}', 'admin' from public.workspaces w;
  insert into public.workspace_members (workspace_id, user_id, role_key)
  select '${large}', u.id, 'member' from auth.users u where u.id <> '${person}';
  insert into public.workspace_members (workspace_id, user_id, role_key)
  select '${full}', u.id, 'member' from auth.users u where u.id <> '${person}' order by u.id limit 7;
  insert into public.dashboard_views (workspace_id, name, owner_id)
  select '${large}', 'View ' || n, '${person}' from generate_series(1, 200) as n;
  insert into public.dashboard_views (workspace_id, name, owner_id)
  select '${full}', 'View ' || n, '${person}' from generate_series(1, 19) as n;
  insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height)
  select v.workspace_id, v.id, 'total-revenue', 0, n * 2, 3, 2
  from public.dashboard_views v, generate_series(0, 9) as n where v.workspace_id = '${full}';
  insert into public.components (workspace_id, key, type)
  select '${large}', 'gauge-' || n, 'stats' from generate_series(1, 200) as n;
  insert into private.data_sources (workspace_id, kind, name, data)
  select w.id, 'static', 'Source ' || n, '{}' from public.workspaces w, generate_series(1, 100) as n
  where w.id = '${large}' or (w.id = '${full}' and n <= 2);
  analyze`

const gates = [
  'private.require_within_limit(text, text, numeric)',
  'private.require_seat_to_offer(text, uuid)',
  'private.refuse_source_beyond_limit(private.data_sources)',
]

/** The gates as if everything were allowed: what they cost is what is missing then. */
const withoutGates = `
  create or replace function private.require_within_limit(p_workspace_id text, p_limit text, p_use_after numeric)
  returns void language plpgsql stable as $$ begin end $$;
  create or replace function private.require_seat_to_offer(p_workspace_id text, p_invitation_id uuid default null)
  returns void language plpgsql as $$ begin end $$;
  create or replace function private.refuse_source_beyond_limit(p_source private.data_sources)
  returns void language plpgsql stable as $$ begin end $$;
  alter table public.dashboard_views disable trigger dashboard_views_refuse_beyond_limit`

/** What the write before has left behind, taken back hundreds of times, would be counted among what a gate reads. */
const vacuumed = 'vacuum public.dashboard_views, public.widgets, public.workspace_invitations'

const lastGate = 'alter table public.dashboard_views enable trigger dashboard_views_refuse_beyond_limit'
