import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { guardSuite, ours } from '../../support/database/guard-suite.ts'

const root = join(import.meta.dirname, '../../..')
const { offenders, query } = guardSuite()

describe('functions', () => {
  it('in an exposed schema are never definer', async () => {
    const { schemas } = readProject(root).api
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

  it('look for names in pg_catalog, and in nothing that a caller could put first', async () => {
    expect(
      await offenders(`
        select p.oid::regprocedure::text as offender
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where ${ours} and not coalesce(p.proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']`),
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
    await query('begin; create function public.newcomer() returns void language sql begin atomic end')
    const rows = await query("select has_function_privilege('anon', 'public.newcomer()', 'execute')")
    await query('rollback')
    expect(rows).toEqual([{ has_function_privilege: false }])
  })

  it('that are immutable call nothing that is less fixed', async () => {
    expect(
      await offenders(`
        with functions as (
          select p.*, n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours}
        )
        select distinct format('%s calls %s', f.oid::regprocedure, c.oid::regprocedure) as offender
        from functions f
        cross join lateral regexp_matches(f.prosrc, '\\m(public|private)\\.([a-z0-9_]+)\\(', 'g') as m (called)
        join functions c on c.nspname = m.called[1] and c.proname = m.called[2]
        -- What gives nothing refuses: that is an error, and no other answer.
        where f.provolatile = 'i' and c.provolatile <> 'i' and c.prorettype <> 'void'::regtype
        order by 1`),
    ).toEqual([])
  })

  it('say which permissions they take', async () => {
    expect(
      await offenders(`
        select format('%s takes %s', f.oid::regprocedure, k.key[1]) as offender
        from pg_proc f
        join pg_proc p on p.proname = f.proname and p.pronamespace = 'private'::regnamespace
        cross join lateral regexp_matches(p.prosrc, 'require_permission\\(([^;]*)\\);', 'g') as m (arguments)
        cross join lateral regexp_matches(m.arguments[1], '''([a-z_]+\\.[a-z_]+)''', 'g') as k (key)
        where f.pronamespace = 'public'::regnamespace
          and has_function_privilege('authenticated', f.oid, 'execute')
          and strpos(obj_description(f.oid, 'pg_proc'), k.key[1]) = 0
        order by 1`),
    ).toEqual([])
  })

  it('say which errors they raise, or are named after the one', async () => {
    expect(
      await offenders(`
        select format('%s raises %s', p.oid::regprocedure, r.code[1]) as offender
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        cross join lateral regexp_matches(p.prosrc, 'raise_error\\(''([a-z_]+)''', 'g') as r (code)
        where ${ours}
          and not exists (
            select from pg_proc f
            where f.proname = p.proname
              and (f.oid = p.oid or f.pronamespace = 'public'::regnamespace)
              and concat_ws(' ', f.proname, obj_description(f.oid, 'pg_proc')) ~ format('(\\m|_)%s\\M', r.code[1]))
        order by 1`),
    ).toEqual([])
  })
})
