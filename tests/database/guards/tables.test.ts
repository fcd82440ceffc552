import { describe, expect, it } from 'vitest'
import { guardSuite, ours } from '../../support/database/guard-suite.ts'

const { offenders } = guardSuite()

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

  it('with a time of their last change have it kept by a trigger, but for those that one function writes', async () => {
    expect(
      await offenders(`
        select c.oid::regclass::text as offender
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at'
        where ${ours} and c.relkind in ('r', 'p')
          and not exists (
            select from pg_trigger t
            where t.tgrelid = c.oid and t.tgfoid = 'private.tg_set_updated_at()'::regprocedure and t.tgenabled = 'O')
        order by 1`),
    ).toEqual([
      'notifications',
      'private.agents',
      'private.ai_settings',
      'private.data_sources',
      'private.destinations',
      'widgets',
    ])
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
