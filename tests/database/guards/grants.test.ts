import { describe, expect, it } from 'vitest'
import { grants } from '../../support/database/grants.ts'
import { guardSuite, ours } from '../../support/database/guard-suite.ts'

const { offenders } = guardSuite()

describe('grants', () => {
  // Run with -u to write them down anew, and read the difference.
  it('are those that stand in grants.txt, and no others', async () => {
    const lines = await offenders(grants)
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('grants.txt')
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
        -- Found once in each text, and not each function in every text.
        calls as materialized (
          select distinct f.oid, m.call
          from functions f
          cross join lateral (select unnest(regexp_matches(f.body, '(?:public|private)\\.\\w+\\(', 'g')) as call) as m
        ),
        expressed as materialized (
          select distinct unnest(regexp_matches(e.text, '(?:public|private)\\.\\w+\\(', 'g')) as call
          from expressions e
        ),
        called as (
          select f.* from functions f
          where f.nspname = 'public'
            or f.is_trigger and not f.prosecdef
            or f.call in (select e.call from expressed e)
          union
          select f.*
          from called c
          join calls m on m.oid = c.oid
          join functions f on f.call = m.call
          where not c.prosecdef
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
