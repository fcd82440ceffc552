import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'
import { granted } from './granted.ts'

// Rules that hold for every object of the schema, read from the catalog of the migrated database. Each query
// returns the offenders, so a failure names them.

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createDatabase('migrated')
  client = new pg.Client({ connectionString: database.url('postgres') })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

async function offenders(sql: string, values: unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<{ offender: string }>(sql, values)
  return rows.map((row) => row.offender)
}

const ours = "n.nspname in ('public', 'private')"

describe('tables', () => {
  it('have row-level security on', async () => {
    expect(
      await offenders(`
        select c.oid::regclass::text as offender
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where ${ours} and c.relkind in ('r', 'p') and not c.relrowsecurity`),
    ).toEqual([])
  })

  it('that belong to a workspace have it first in their key', async () => {
    expect(
      await offenders(`
        select c.oid::regclass::text as offender
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
        left join pg_index i on i.indrelid = c.oid and i.indisprimary
        where ${ours} and c.relkind in ('r', 'p') and a.attnum is distinct from i.indkey[0]`),
    ).toEqual([])
  })

  it('that belong to a workspace refer to each other within it', async () => {
    expect(
      await offenders(`
        select k.conname as offender
        from pg_constraint k
        join pg_attribute f on f.attrelid = k.conrelid and f.attname = 'workspace_id'
        join pg_attribute t on t.attrelid = k.confrelid and t.attname = 'workspace_id'
        where k.contype = 'f'
          and array_position(k.conkey, f.attnum) is distinct from array_position(k.confkey, t.attnum)`),
    ).toEqual([])
  })

  it('have an index for every foreign key', async () => {
    expect(
      await offenders(`
        select k.conname as offender
        from pg_constraint k
        join pg_namespace n on n.oid = k.connamespace
        where ${ours} and k.contype = 'f' and not exists (
          select from pg_index i
          where i.indrelid = k.conrelid and i.indpred is null
            and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
        )`),
    ).toEqual([])
  })
})

describe('functions', () => {
  it('in an exposed schema are never definer', async () => {
    const { schemas } = readProject(join(import.meta.dirname, '../../..')).api
    expect(schemas).not.toContain('private')
    expect(
      await offenders(
        `select p.oid::regprocedure::text as offender
         from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname = any ($1) and p.prosecdef`,
        [schemas],
      ),
    ).toEqual([])
  })

  it('have an empty search_path', async () => {
    expect(
      await offenders(`
        select p.oid::regprocedure::text as offender
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where ${ours} and not coalesce(p.proconfig, '{}') @> array['search_path=""']`),
    ).toEqual([])
  })

  it('are not executable by everyone, those to come included', async () => {
    expect(
      await offenders(`
        select p.oid::regprocedure::text as offender
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
        where ${ours} and a.grantee = 0`),
    ).toEqual([])
    await client.query('begin')
    await client.query('create function public.newcomer() returns void language sql begin atomic end')
    const { rows } = await client.query(
      "select has_function_privilege('anon', 'public.newcomer()', 'execute')",
    )
    await client.query('rollback')
    expect(rows).toEqual([{ has_function_privilege: false }])
  })
})

describe('policies', () => {
  it('are permissive, for one operation and for named roles', async () => {
    expect(
      await offenders(`
        select format('%s on %I.%I', policyname, schemaname, tablename) as offender
        from pg_policies
        where schemaname in ('public', 'private', 'storage', 'realtime')
          and (cmd = 'ALL' or 'public' = any (roles) or permissive <> 'PERMISSIVE')`),
    ).toEqual([])
  })

  it('are named after their table and operation', async () => {
    expect(
      await offenders(`
        select format('%s on %I.%I', policyname, schemaname, tablename) as offender
        from pg_policies
        where schemaname in ('public', 'private') and policyname <> tablename || '_' || lower(cmd)
          or schemaname in ('storage', 'realtime') and policyname !~ ('^[a-z_]+_' || lower(cmd) || '$')`),
    ).toEqual([])
  })

  it('see the permission checks once per statement, not once per row', async () => {
    expect(
      await offenders(`
        select format('%s on %I.%I', policyname, schemaname, tablename) as offender
        from pg_policies
        where regexp_replace(concat(qual, with_check), '(SELECT|FROM) (auth|private)\\.', '', 'g') ~ '(auth|private)\\.'`),
    ).toEqual([])
  })
})

describe('grants', () => {
  it('are those that are written down, and no others', async () => {
    const { rows } = await client.query<{ object: string; role: string; privilege: string }>(`
      with acl (object, owner, entries, column_name) as (
        select 'schema ' || n.nspname, n.nspowner, n.nspacl, null::name
        from pg_namespace n where n.nspname = 'private'
        union all
        select case c.relkind when 'S' then 'sequence ' else 'table ' end || n.nspname || '.' || c.relname,
          c.relowner, c.relacl, null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where ${ours} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        union all
        select 'table ' || n.nspname || '.' || c.relname, c.relowner, a.attacl, a.attname
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        join pg_namespace n on n.oid = c.relnamespace
        where ${ours} and a.attacl is not null
        union all
        select format('function %s.%s(%s)', n.nspname, p.proname,
            (select string_agg(t::regtype::text, ',' order by i) from unnest(p.proargtypes) with ordinality as x (t, i))),
          p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)), null
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where ${ours}
      )
      select acl.object,
        case entry.grantee when 0 then 'PUBLIC' else entry.grantee::regrole::text end as role,
        lower(entry.privilege_type) || coalesce('(' || acl.column_name || ')', '') as privilege
      from acl, aclexplode(acl.entries) as entry
      where entry.grantee <> acl.owner
      order by 1, 2, 3`)
    const found: Record<string, Record<string, string[]>> = {}
    for (const { object, role, privilege } of rows) {
      const roles = found[object] ?? {}
      found[object] = { ...roles, [role]: [...(roles[role] ?? []), privilege] }
    }
    expect(found).toEqual(granted)
  })

  it('on functions of private are for what runs as the caller, and nothing else', async () => {
    // What a client's statement comes to: functions of public and triggers, policies, checks, defaults and indexes.
    // From there as far as functions run as the caller; a definer function calls the others with its owner's rights.
    expect(
      await offenders(`
        with recursive
        functions as (
          select p.oid, n.nspname, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body, p.prosecdef,
            p.prorettype = 'trigger'::regtype as is_trigger,
            format('%s.%s(', n.nspname, p.proname) as call
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
          where ${ours}
        ),
        expressions as (
          select pg_get_expr(polqual, polrelid) as text from pg_policy
          union all select pg_get_expr(polwithcheck, polrelid) from pg_policy
          union all select pg_get_expr(adbin, adrelid) from pg_attrdef
          union all select pg_get_constraintdef(oid) from pg_constraint where contype = 'c'
          union all select pg_get_indexdef(indexrelid) from pg_index where indexprs is not null or indpred is not null
          union all select pg_get_triggerdef(oid) from pg_trigger where tgqual is not null
        ),
        called as (
          select f.* from functions f
          where f.nspname = 'public'
            or f.is_trigger and not f.prosecdef
            or exists (select from expressions e where strpos(e.text, f.call) > 0)
          union
          select f.* from called c join functions f on strpos(c.body, f.call) > 0 where not c.prosecdef
        )
        select format('%s for %s', f.oid::regprocedure, r.rolname) as offender
        from functions f
        cross join pg_roles r
        where f.nspname = 'private' and not f.is_trigger
          and r.rolname in ('anon', 'authenticated', 'service_role')
          and has_function_privilege(r.rolname, f.oid, 'execute')
          and f.oid not in (select c.oid from called c)
        order by 1`),
    ).toEqual([])
  })
})

describe('comments', () => {
  it('stand on every schema, table, view, function, policy and trigger', async () => {
    expect(
      await offenders(`
        select 'schema private' as offender
        from pg_namespace n
        where n.nspname = 'private' and obj_description(n.oid, 'pg_namespace') is null
        union all
        select c.oid::regclass::text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where ${ours} and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
          and obj_description(c.oid, 'pg_class') is null
        union all
        select p.oid::regprocedure::text
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where ${ours} and obj_description(p.oid, 'pg_proc') is null
        union all
        select format('policy %s on %s', p.polname, p.polrelid::regclass)
        from pg_policy p
        join pg_class c on c.oid = p.polrelid
        join pg_namespace n on n.oid = c.relnamespace
        where ${ours} and obj_description(p.oid, 'pg_policy') is null
        union all
        select format('trigger %s on %s', t.tgname, t.tgrelid::regclass)
        from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        join pg_namespace n on n.oid = c.relnamespace
        where ${ours} and not t.tgisinternal and t.tgparentid = 0 and obj_description(t.oid, 'pg_trigger') is null`),
    ).toEqual([])
  })
})
