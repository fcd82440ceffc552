-- Themes, by name, description and author: those of the workspace, the caller's personal ones, and the built-in ones.

create function private.scopes_of_theme(p_workspace_id text, p_owner_id uuid) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return array[private.search_scope(p_workspace_id, p_owner_id)];
end;
$$;

comment on function private.scopes_of_theme(text, uuid) is
  'Where a theme is found: a personal one has an owner, a built-in one is of no workspace.';

grant execute on function private.scopes_of_theme(text, uuid) to authenticated, service_role;

create function private.theme_keys(p_scopes text[], p_name text, p_metadata jsonb) returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_keys(p_scopes, private.search_words(p_name),
    private.search_words(concat_ws(' ', p_metadata ->> 'description', p_metadata ->> 'author')));
end;
$$;

comment on function private.theme_keys(text[], text, jsonb) is 'The keys of a theme: name, description, author.';

grant execute on function private.theme_keys(text[], text, jsonb) to authenticated, service_role;

create index themes_search_idx on public.themes
  using gin (private.theme_keys(private.scopes_of_theme(workspace_id, owner_id), name, metadata))
  with (fastupdate = off);
create index built_in_themes_search_idx on public.built_in_themes
  using gin (private.theme_keys(private.scopes_of_theme(null, null), name, metadata)) with (fastupdate = off);

create function private.theme_scopes(p_asked private.search_asked) returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when 'themes.read' = any (p_asked.permissions)
    then private.scopes_of_theme(null, null)
      || private.scopes_of_theme(p_asked.workspace_id, null)
      || private.scopes_of_theme(p_asked.workspace_id, p_asked.caller_id)
    else '{}'
  end;
end;
$$;

comment on function private.theme_scopes(private.search_asked) is 'Where the themes lie that the caller sees.';

create function private.matching_themes(p_asked private.search_asked, p_condition tsquery, p_seen text[])
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
    select m.id, 0, m.updated_at
    from (
      select t.id::text, t.updated_at
      from public.themes t
      where private.theme_keys(private.scopes_of_theme(t.workspace_id, t.owner_id), t.name, t.metadata) @@ p_condition
      union all
      select b.key, null
      from public.built_in_themes b
      where private.theme_keys(private.scopes_of_theme(null, null), b.name, b.metadata) @@ p_condition
    ) as m (id, updated_at)
    where m.id <> all (p_seen)
    order by m.updated_at desc nulls last, m.id
    limit p_asked.most;
end;
$$;

comment on function private.matching_themes(private.search_asked, tsquery, text[]) is
  'The themes that match, those changed last first and built-in ones at the end. For definer functions.';

create function private.found_theme(p_asked private.search_asked, p_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := case when pg_input_is_valid(p_id, 'uuid') then p_id::uuid end;
begin
  return (
    select jsonb_build_object(
        'id', p_id, 'title', t.name, 'isBuiltIn', v_id is null, 'changedAt', private.timestamp_text(t.updated_at))
      || private.search_match(p_asked.words, '{name,description,author}',
        array[t.name, t.metadata ->> 'description', t.metadata ->> 'author'])
    from (
      select x.name, x.metadata, x.updated_at
      from public.themes x
      where x.workspace_id = p_asked.workspace_id and x.id = v_id
      union all
      select b.name, b.metadata, null from public.built_in_themes b where v_id is null and b.key = p_id
    ) as t);
end;
$$;

comment on function private.found_theme(private.search_asked, text) is
  'A theme as a search tells of it. For definer functions.';
