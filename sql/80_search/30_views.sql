-- Views, by name and description: those of the workspace and one's own in a scope each, those that are shared, granted
-- or restricted each in the scope of its own, since others decide for each who sees it.

create function private.scopes_of_view(p_workspace_id text, p_view_id uuid, p_open_to text) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_open_to
    when 'nobody' then '{}'
    when 'workspace' then array[private.search_scope(p_workspace_id)]
    when 'restricted' then array[private.search_scope(p_workspace_id, p_view_id)]
    else array[
      private.search_scope(p_workspace_id, p_open_to::uuid), private.search_scope(p_workspace_id, p_view_id)]
  end;
end;
$$;

comment on function private.scopes_of_view(text, uuid, text) is
  'Where a view is found, by whom it is open to: see dashboard_views.open_to.';

-- What stands in an index is worked out by whoever writes the row.
grant execute on function private.scopes_of_view(text, uuid, text) to authenticated, service_role;

create function private.view_keys(p_scopes text[], p_name text, p_description text) returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_keys(p_scopes, private.search_words(p_name), private.search_words(p_description));
end;
$$;

comment on function private.view_keys(text[], text, text) is 'The keys of a view: name, description.';

grant execute on function private.view_keys(text[], text, text) to authenticated, service_role;

-- Written at once, here and below: what waits to be written would be read by every search of everybody.
create index dashboard_views_search_idx on public.dashboard_views
  using gin (private.view_keys(private.scopes_of_view(workspace_id, id, open_to), name, description))
  with (fastupdate = off);

create function private.view_scopes(p_asked private.search_asked) returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when 'dashboards.read' = any (p_asked.permissions) then array[
      private.search_scope(p_asked.workspace_id), private.search_scope(p_asked.workspace_id, p_asked.caller_id)]
    when p_asked.given_views <> '{}' then array[private.given_scope()]
    else '{}'
  end || array(select private.search_scope(p_asked.workspace_id, g.id) from unnest(p_asked.given_views) as g (id));
end;
$$;

comment on function private.view_scopes(private.search_asked) is
  'Where the views lie that the caller sees, and the widgets of personal and restricted ones.';

create function private.matching_views(p_asked private.search_asked, p_condition tsquery, p_seen text[])
returns table (id text, part integer, changed_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return query
    select m.id::text, 0, m.updated_at
    from (
      (
        select v.id, v.updated_at
        from public.dashboard_views v
        where private.view_keys(private.scopes_of_view(v.workspace_id, v.id, v.open_to), v.name, v.description)
          @@ p_condition
        limit private.most_compared()
      )
      union all
      -- What is open to the workspace is in no scope of its own for who reads dashboards by a grant alone.
      select v.id, v.updated_at
      from unnest(p_asked.given_views) as g (id)
      cross join lateral (
        select x.*
        from public.dashboard_views x
        where x.workspace_id = p_asked.workspace_id and x.id = g.id
        offset 0
      ) as v
      where v.open_to = 'workspace'
        and not 'dashboards.read' = any (p_asked.permissions)
        and private.view_keys(array[private.given_scope()], v.name, v.description) @@ p_condition
    ) as m
    where m.id::text <> all (p_seen)
    order by m.updated_at desc, m.id
    limit p_asked.most;
end;
$$;

comment on function private.matching_views(private.search_asked, tsquery, text[]) is
  'The views that match, those changed last first. For definer functions.';

create function private.found_view(p_asked private.search_asked, p_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
        'id', v.id, 'title', v.name, 'isPersonal', v.visibility = 'personal',
        'changedAt', private.timestamp_text(v.updated_at))
      || private.search_match(p_asked.words, '{name,description}', array[v.name, v.description])
    from public.dashboard_views v
    where v.workspace_id = p_asked.workspace_id and v.id = p_id);
end;
$$;

comment on function private.found_view(private.search_asked, uuid) is
  'A view as a search tells of it. For definer functions.';
