import { describe, expect, it } from 'vitest'
import { guardSuite, ours } from '../../support/database/guard-suite.ts'

const { offenders } = guardSuite()

describe('comments', () => {
  it('stand on every schema, table, view, type and function', async () => {
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
        select t.oid::regtype::text
        from pg_type t
        join pg_namespace n on n.oid = t.typnamespace
        left join pg_class c on c.oid = t.typrelid
        where ${ours} and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and obj_description(t.oid, 'pg_type') is null`),
    ).toEqual([])
  })
})
