import { describe, expect, it } from 'vitest'
import { guardSuite } from '../../support/database/guard-suite.ts'

const { offenders, query } = guardSuite()

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

  it('of private let no client through, whatever is granted one day', async () => {
    expect(
      await offenders(`
        select format('%s on %I.%I', policyname, schemaname, tablename) as offender
        from pg_policies
        where schemaname = 'private' and roles <> '{service_role}' and concat(qual, with_check) <> 'false'`),
    ).toEqual([])
  })

  it('see the permission checks once per statement, not once per row', async () => {
    expect(
      await offenders(`
        select format('%s on %I.%I', policyname, schemaname, tablename) as offender
        from pg_policies
        where regexp_replace(concat(qual, with_check), '(SELECT |SELECT unnest\\(|FROM )(auth|private)\\.', '', 'g') ~ '(auth|private)\\.\\w+\\('`),
    ).toEqual([])
  })

  it('that let others than oneself read let nobody read a table within itself', async () => {
    expect(
      await offenders(`
        select format('%s on %I.%I', policyname, schemaname, tablename) as offender
        from pg_policies
        where schemaname = 'public' and cmd = 'SELECT' and roles <> '{service_role}'
          and qual !~ 'private\\.(active_memberships|reads_once)'`),
    ).toEqual([])
  })

  it('of dashboards and widgets count on what the catalog gives to built-in roles', async () => {
    expect(
      await query(`
        select key, held_by from public.permissions
        where key in ('dashboards.read', 'dashboards.write') order by key`),
    ).toEqual([
      { key: 'dashboards.read', held_by: ['member', 'viewer'] },
      { key: 'dashboards.write', held_by: ['member'] },
    ])
  })
})
