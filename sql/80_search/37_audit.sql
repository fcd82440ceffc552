-- Entries of the audit log, by what was done (insert, update, delete), the table, and what the thing is called or was:
-- what an entry itself says. Names forgive typos.
--
-- An entry is written inside of other people's writes, so its keys are few.

create function private.audit_names(p_row_id text, p_changes jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return nullif(left(concat_ws(' ',
    p_changes #>> '{name,new}', p_changes #>> '{name,old}', p_changes #>> '{title,new}', p_changes #>> '{title,old}',
    case when not pg_input_is_valid(p_row_id, 'uuid') then p_row_id end), 1000), '');
end;
$$;

comment on function private.audit_names(text, jsonb) is
  'What the thing is called that an entry is about, and was, and its key where that is a word; null for nothing.';

create function private.audit_keys(
  p_workspace_id text, p_action text, p_table_name text, p_row_id text, p_changes jsonb
) returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_keys(
    array[private.search_scope(p_workspace_id)],
    private.search_words(private.audit_names(p_row_id, p_changes)),
    p_action || string_to_array(p_table_name, '_'),
    false);
end;
$$;

comment on function private.audit_keys(text, text, text, text, jsonb) is
  'The keys of an entry of the audit log: names; action, table.';

create index audit_log_search_idx on public.audit_log
  using gin (private.audit_keys(workspace_id, action, table_name, row_id, changes)) with (fastupdate = off);

create function private.audit_entry_scopes(p_asked private.search_asked) returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when 'audit.read' = any (p_asked.permissions)
    then array[private.search_scope(p_asked.workspace_id)] else '{}' end;
end;
$$;

comment on function private.audit_entry_scopes(private.search_asked) is
  'Where the entries of the audit log lie that the caller may read.';

create function private.matching_audit_entries(p_asked private.search_asked, p_condition tsquery, p_seen text[])
returns table (id text, part integer, changed_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  -- A plan keeps entries for 400 days at most; each month lies in a table of its own.
  c_months constant integer := 15;
  v_month timestamptz := date_trunc('month', now(), 'UTC');
  v_found integer := 0;
  v_here integer;
begin
  if private.most_compared() > (
    select count(*)
    from (
      select
      from public.audit_log a
      where private.audit_keys(a.workspace_id, a.action, a.table_name, a.row_id, a.changes) @@ p_condition
      limit private.most_compared()
    ) as x)
  then
    -- Without a time: a condition on it would be looked up in another index, whatever it lets through.
    return query
      select a.id::text, 0, a.occurred_at
      from public.audit_log a
      where private.audit_keys(a.workspace_id, a.action, a.table_name, a.row_id, a.changes) @@ p_condition
        and a.id::text <> all (p_seen)
      order by a.occurred_at desc, a.id
      limit p_asked.most;
    return;
  end if;
  -- What is everywhere is looked for month by month, so that the latest come.
  for n in 1..c_months loop
    return query
      select m.id::text, 0, m.occurred_at
      from (
        select a.id, a.occurred_at
        from public.audit_log a
        where private.audit_keys(a.workspace_id, a.action, a.table_name, a.row_id, a.changes) @@ p_condition
          and a.workspace_id = p_asked.workspace_id
          and a.occurred_at >= v_month
          and a.occurred_at < v_month + interval '1 month'
        limit private.most_compared()
      ) as m
      where m.id::text <> all (p_seen)
      order by m.occurred_at desc, m.id
      limit p_asked.most - v_found;
    get diagnostics v_here = row_count;
    v_found := v_found + v_here;
    exit when v_found >= p_asked.most;
    v_month := v_month - interval '1 month';
  end loop;
end;
$$;

comment on function private.matching_audit_entries(private.search_asked, tsquery, text[]) is
  'The entries of the audit log that match, latest first. For definer functions.';

create function private.found_audit_entry(p_asked private.search_asked, p_id uuid, p_occurred_at timestamptz)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
        'id', a.id, 'action', a.action, 'table', a.table_name, 'rowId', a.row_id,
        'title', coalesce(
          a.changes #>> '{name,new}', a.changes #>> '{name,old}', a.changes #>> '{title,new}',
          a.changes #>> '{title,old}', a.table_name),
        'changedAt', private.timestamp_text(a.occurred_at))
      || private.search_match(p_asked.words, '{name,table,action}',
        array[private.audit_names(a.row_id, a.changes), replace(a.table_name, '_', ' '), a.action])
    from public.audit_log a
    where a.workspace_id = p_asked.workspace_id and a.occurred_at = p_occurred_at and a.id = p_id);
end;
$$;

comment on function private.found_audit_entry(private.search_asked, uuid, timestamptz) is
  'An entry of the audit log as a search tells of it. For definer functions.';
