import pg from 'pg'

/** Who is measured: in twenty workspaces, as an admin of the first. */
export const measuredPerson = '00000000-0000-4000-8000-0000000bbbbb'
export const measuredWorkspaces = 20
/** A workspace with very many people in it. */
export const largeWorkspace = 'WK-P00000001'
const peopleOfLargeWorkspace = 1_000

/** Fills a migrated database with workspaces and people, five to each, and the person who is measured. */
export async function fillWithPeople(
  databaseUrl: string,
  size: { workspaces: number; people: number },
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(
      `insert into auth.users (id, aud, role, email, raw_user_meta_data)
       select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'authenticated', 'authenticated',
         'person' || n || '@bench.test', jsonb_build_object('name', 'Person ' || n)
       from generate_series(1, $1::integer) as n`,
      [size.people],
    )
    await client.query(
      `insert into auth.users (id, aud, role, email, email_confirmed_at)
       values ($1, 'authenticated', 'authenticated', 'measured@bench.test', now())`,
      [measuredPerson],
    )
    await client.query(
      `insert into public.workspaces (id, name)
       select 'WK-P' || lpad(n::text, 8, '0'), 'Workspace ' || n from generate_series(1, $1::integer) as n`,
      [size.workspaces],
    )
    await client.query(
      `insert into public.workspace_members (workspace_id, user_id, role_key)
       select 'WK-P' || lpad(n::text, 8, '0'), $1, case n when 1 then 'admin' else 'member' end
       from generate_series(1, $2::integer) as n`,
      [measuredPerson, measuredWorkspaces],
    )
    await client.query(
      `insert into public.workspace_members (workspace_id, user_id, role_key)
       select 'WK-P' || lpad((1 + n % $1)::text, 8, '0'),
         ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
         case when n <= $1 then 'admin' else 'member' end
       from generate_series(1, $2::integer) as n
       union
       select $3, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'member'
       from generate_series(1, $4::integer) as n
       where 1 + n % $1 <> 1`,
      [size.workspaces, size.people, largeWorkspace, Math.min(peopleOfLargeWorkspace, size.people)],
    )
    await client.query('analyze')
  } finally {
    await client.end()
  }
}

/** A session as the Data API has it for the measured person. */
export async function sessionOfMeasuredPerson(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query("select set_config('request.jwt.claims', $1, false)", [
    JSON.stringify({ sub: measuredPerson, role: 'authenticated' }),
  ])
  await client.query('set role authenticated')
  return client
}
