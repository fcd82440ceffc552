import { ours } from './guard-suite.ts'

/** A query for every grant on what the project made, as `object · role · privilege`, but its owner's own. */
export const grants = `
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
  select concat_ws(' · ', acl.object,
    case entry.grantee when 0 then 'PUBLIC' else entry.grantee::regrole::text end,
    lower(entry.privilege_type) || coalesce('(' || acl.column_name || ')', '')) collate "C" as offender
  from acl, aclexplode(acl.entries) as entry
  where entry.grantee <> acl.owner
  order by 1`
