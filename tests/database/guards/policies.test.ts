import { describe, expect, it } from 'vitest'
import { guardSuite } from '../../support/database/guard-suite.ts'

const { offenders } = guardSuite()

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
        where regexp_replace(concat(qual, with_check), '(SELECT |SELECT unnest\\(|FROM )(auth|private)\\.', '', 'g') ~ '(auth|private)\\.\\w+\\('`),
    ).toEqual([])
  })
})
