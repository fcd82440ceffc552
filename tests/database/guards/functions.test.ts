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
})
