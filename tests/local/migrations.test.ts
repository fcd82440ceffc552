import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyMigrations, applySeeds } from '../../local/migrations/index.ts'
import { withClient } from '../../local/postgres/index.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'
import { createProject, type TestProject } from '../support/stack/project.ts'

let database: TestDatabase
let project: TestProject

beforeEach(async () => {
  ;[database, project] = await Promise.all([createDatabase('platform'), createProject()])
})

afterEach(async () => {
  project.remove()
  await database.drop()
})

const apply = () => applyMigrations({ databaseUrl: database.url('postgres'), root: project.root })

async function query(sql: string): Promise<Record<string, unknown>[]> {
  return withClient(database.url('postgres'), async (client) => {
    return (await client.query(sql)).rows
  })
}

describe('migrations', () => {
  it('apply once, in order, as a role that is no superuser', async () => {
    project.write('migrations/20260101000000_first.sql', 'create table public.notes (id int primary key);')
    project.write(
      'migrations/20260102000000_second.sql',
      'alter table public.notes add column owner text default current_user;',
    )
    expect(await apply()).toEqual(['20260101000000', '20260102000000'])
    expect(await apply()).toEqual([])
    expect(await query('insert into public.notes values (1) returning owner')).toEqual([
      { owner: 'postgres' },
    ])
    expect(await query("select rolsuper from pg_roles where rolname = 'postgres'")).toEqual([
      { rolsuper: false },
    ])
  })

  it('are recorded with version, name and statements, as the Supabase CLI records them', async () => {
    project.write(
      'migrations/20260101000000_two_tables.sql',
      'create table public.a ();\ncreate table public.b ();\n',
    )
    await apply()
    expect(await query('select * from supabase_migrations.schema_migrations')).toEqual([
      {
        version: '20260101000000',
        name: 'two_tables',
        statements: ['create table public.a ()', 'create table public.b ()'],
      },
    ])
  })

  it.each([
    [
      'a syntax error',
      'create table public.a ();\n\ncreate table public.b (id integer id);\n',
      3,
      /syntax error at or near "id"/,
    ],
    [
      'an unknown relation',
      'create table public.a ();\nselect 1,\n  x\nfrom public.missing;\n',
      4,
      /relation "public.missing" does not exist/,
    ],
    [
      'an error of a running statement',
      "create table public.a ();\n\n-- why\ndo $$ begin\n  raise exception 'no';\nend $$;\n",
      4,
      /no/,
    ],
  ])('with %s name file and line and leave nothing', async (_case, sql, line, message) => {
    project.write('migrations/20260101000000_good.sql', 'create table public.kept ();')
    project.write('migrations/20260102000000_broken.sql', sql)
    const failure = await apply().catch((error: Error) => error.message)
    expect(failure).toMatch(new RegExp(`^supabase/migrations/20260102000000_broken.sql, line ${line}: `))
    expect(failure).toMatch(message)
    expect(
      await query("select to_regclass('public.a') as half, to_regclass('public.kept') is not null as kept"),
    ).toEqual([{ half: null, kept: true }])
    expect(await query('select version from supabase_migrations.schema_migrations')).toEqual([
      { version: '20260101000000' },
    ])
  })
})

describe('seeds', () => {
  it('run once, and a broken one leaves nothing', async () => {
    project.write('migrations/20260101000000_notes.sql', 'create table public.notes (id int);')
    await apply()
    const seed = () =>
      applySeeds({
        databaseUrl: database.url('postgres'),
        root: project.root,
        seedFiles: ['supabase/seed.sql'],
      })
    project.write(
      'seed.sql',
      'insert into public.notes values (1);\ninsert into public.missing values (1);\n',
    )
    await expect(seed()).rejects.toThrow(
      /^supabase\/seed\.sql, line 2: relation "public.missing" does not exist/,
    )
    expect(await query('select count(*)::int as count from public.notes')).toEqual([{ count: 0 }])
    project.write('seed.sql', 'insert into public.notes values (1);\n')
    expect(await seed()).toEqual(['supabase/seed.sql'])
    expect(await seed()).toEqual([])
    expect(await query('select count(*)::int as count from public.notes')).toEqual([{ count: 1 }])
  })
})
