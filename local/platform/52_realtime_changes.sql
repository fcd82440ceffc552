/*
 * What the Realtime server asks before it tells subscribers of a changed row.
 *
 * Supabase decides it in functions of this schema too (`apply_rls`), which stand on a plugin that a plain Postgres
 * does not have. Nobody but the server may call these.
 */

-- Whether each of several callers sees a row: a select by its primary key, with their role and their claims. It is
-- planned once for all of them who have one role. Whoever a policy fails for sees nothing, and takes nothing from
-- the others.
create function realtime.row_visible_to(
  entity regclass, key_names text[], key_values text[], roles text[], claims text[]
) returns boolean[]
language plpgsql
as $$
declare
  v_condition text;
  v_role text;
  v_is_visible boolean;
  v_visible boolean[] := '{}';
begin
  select string_agg(format('%I = %L::%s', k.name, k.value, format_type(a.atttypid, a.atttypmod)), ' and ')
  into v_condition
  from unnest(key_names, key_values) as k(name, value)
  join pg_catalog.pg_attribute a on a.attrelid = entity and a.attname = k.name;

  if exists (select from pg_catalog.pg_prepared_statements where name = 'realtime_visible_row') then
    deallocate realtime_visible_row;
  end if;
  execute format('prepare realtime_visible_row as select exists (select from %s where %s)', entity, v_condition);

  for v_place in 1 .. cardinality(roles) loop
    begin
      v_is_visible := false;
      if roles[v_place] is distinct from v_role then
        v_role := null;
        -- No token makes anybody more than the Data API would.
        if pg_has_role('authenticator', roles[v_place], 'set') then
          perform set_config('role', roles[v_place], true);
          v_role := roles[v_place];
        end if;
      end if;
      if v_role is not null then
        perform set_config('request.jwt.claims', claims[v_place], true);
        execute 'execute realtime_visible_row' into v_is_visible;
      end if;
    exception when others then
      -- What was set here is undone with the rest.
      v_role := null;
      v_is_visible := false;
    end;
    v_visible := v_visible || v_is_visible;
  end loop;

  perform set_config('role', 'none', true);
  deallocate realtime_visible_row;
  return v_visible;
end
$$;

-- What is known of a table: its primary key, its columns, and which of them each of several roles may read.
create function realtime.table_facts(entity regclass, roles text[]) returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'secured', c.relrowsecurity,
    'key', (
      select coalesce(jsonb_agg(a.attname order by a.attnum), '[]')
      from pg_catalog.pg_index i
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
      where i.indrelid = c.oid and i.indisprimary
    ),
    'columns', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'name', a.attname,
            'type', t.typname,
            'cast', format_type(a.atttypid, null),
            'readers', (
              select coalesce(jsonb_agg(r.name), '[]')
              from unnest(roles) as r(name)
              where to_regrole(quote_ident(r.name)) is not null
                and has_column_privilege(r.name, c.oid, a.attnum, 'select')
            )
          )
          order by a.attnum
        ),
        '[]'
      )
      from pg_catalog.pg_attribute a
      join pg_catalog.pg_type t on t.oid = a.atttypid
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    )
  )
  from pg_catalog.pg_class c
  where c.oid = entity
$$;

alter function realtime.row_visible_to(regclass, text[], text[], text[], text[]) owner to supabase_realtime_admin;
alter function realtime.table_facts(regclass, text[]) owner to supabase_realtime_admin;
revoke execute on function realtime.row_visible_to(regclass, text[], text[], text[], text[]) from public;
revoke execute on function realtime.table_facts(regclass, text[]) from public;
